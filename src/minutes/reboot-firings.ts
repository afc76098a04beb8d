import { rebootFirings } from '../definitions/firings.ts'
import type { Snapshot } from '../definitions/snapshot.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { ActiveFiring } from '../dispatch/firing-result.ts'
import { minuteOf } from '../domain/minute.ts'
import type { Journal } from '../history/journal.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import type { BootMark } from './boot-mark.ts'
import type { FiringLedger } from './firing-ledger.ts'
import { knownBegun, reportInterrupted } from './interrupted-firings.ts'

/** What the firings of `@reboot` are begun with. */
export type RebootFiringsParts = {
  readonly bootMark: BootMark
  readonly ledger: FiringLedger
  readonly dispatcher: Pick<Dispatcher, 'fire' | 'active'>
  readonly clock: Clock
  readonly journal: Journal
  readonly log: Log
}

/**
 * Fires the `@reboot` crons of `snapshot` where rcron has not started since the machine's last boot, and tells those that an earlier
 * process did not live to begin. The ledger has them before the boot mark moves, and they begin after it: a process that ends before leaves
 * them to the next one, and one that ends later leaves what has begun. Called once in a process, after its first look at the lock files.
 */
export async function fireReboot(parts: RebootFiringsParts, snapshot: Snapshot): Promise<readonly ActiveFiring[]> {
  const { bootMark, ledger, dispatcher, clock } = parts
  const boot = await bootMark.newBoot()
  await settleLeft(parts, snapshot, boot)
  if (boot === null) return []
  const minute = minuteOf(clock.now())
  const entry = ledger.open({ minutes: [{ from: minute, to: minute }], boot })
  const isKept = await bootMark.keep(boot)
  const firings = isKept ? rebootFirings(snapshot, minute) : []
  const underWay = firings.map((firing) =>
    dispatcher.fire(firing, 'schedule', (crons) => entry.begun(firing.minute, crons)),
  )
  void Promise.all(underWay.map(({ begun }) => begun)).then(() => entry.close())
  return underWay
}

async function settleLeft(parts: RebootFiringsParts, snapshot: Snapshot, boot: string | null) {
  const { ledger, dispatcher, log } = parts
  const left = ledger.left().filter((entry) => entry.boot !== null)
  if (left.length === 0) return
  const known = knownBegun(dispatcher.active)
  for (const entry of left) {
    // Where the mark has not moved to that boot nothing has begun, and all of it is fired now.
    if (entry.boot === boot) continue
    for (const { from: minute } of entry.minutes) {
      const hasBegun = (cron: number) => entry.hasBegun(minute, cron) || known(minute, cron)
      reportInterrupted(parts, rebootFirings(snapshot, minute), hasBegun)
    }
  }
  await log.written()
  for (const entry of left) entry.remove()
}
