import { setTimeout as pause } from 'node:timers/promises'
import { type Minute, minuteOf } from '../../src/domain/minute.ts'
import type { LoggedEvent } from '../support/daemon.ts'
import { until, waitUntil } from '../support/wait-until.ts'
import { ChaosLab } from './chaos-lab.ts'
import { type ChaosReport, reportOf } from './chaos-report.ts'
import { FaultTally } from './fault-tally.ts'
import type { Fault } from './faults.ts'
import { Healing } from './healing.ts'
import { JOBS } from './jobs.ts'
import { Random } from './random.ts'

export type ChaosOptions = {
  readonly seed: number
  /** What may strike. */
  readonly kinds: readonly Fault[]
  /** How long faults strike. */
  readonly minutes: number
  /** The end of it where so many faults have struck before. */
  readonly mostFaults: number
  /** Between two faults, on the average. */
  readonly faultEveryMs: number
  /** Between two minutes of the daemon's clock. */
  readonly minuteEveryMs: number
  /** How long a fault that lasts may last. */
  readonly longestMs: number
  /** How long the end of all runs may take once everything is mended. */
  readonly settleMs: number
  /** Where to write the daemons' log and the hosts' journal; null for nowhere. */
  readonly keepIn: string | null
  readonly tell: (progress: string) => void
}

/** Lets faults rain on a whole installation, mends everything, waits for all to end, and compares what was told with what was. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = new Random(options.seed)
  await using lab = await ChaosLab.start(random.hexId())
  lab.daemon.start()
  await lab.daemon.current?.tells(/READY=1/, START_MS)
  const first = minuteOf(lab.clock.now())
  const faults = await rain(options, lab, random)
  const last = minuteOf(lab.clock.now())
  options.tell(`${faults.total} faults are over; everything is mended`)
  const unsettled = await settle(lab, options, last).catch((error: unknown) => [String(error)])
  lab.ghosts.look()
  await lab.daemon.stop(false)
  if (options.keepIn !== null) lab.keep(options.keepIn)
  return reportOf({ options, lab, faults, unsettled, minutes: { first, last } })
}

/** A daemon that starts beside others on a busy machine may take so long. */
const START_MS = 120_000

const TELL_EVERY_FAULTS = 50

/** Resolves with the faults that struck, and everything mended. */
async function rain(options: ChaosOptions, lab: ChaosLab, random: Random): Promise<FaultTally> {
  const { kinds, minutes, mostFaults, faultEveryMs, minuteEveryMs, longestMs, tell } = options
  const healing = new Healing()
  const minuteHand = setInterval(() => lab.clock.leap(), minuteEveryMs)
  const tally = new FaultTally()
  const end = performance.now() + minutes * 60_000
  let told = 0
  try {
    while (performance.now() < end && tally.total < mostFaults) {
      await pause(random.between(0.2, 1.8) * faultEveryMs)
      const fault = random.weighted(kinds)
      const host = random.pick(lab.hosts)
      if (fault === null || host === null) continue
      const struck = () => tally.add(fault.kind)
      fault.strike({ random, host, daemon: lab.daemon, ticks: lab.ticks, disk: lab.disk, healing, longestMs, struck })
      if (tally.total < told + TELL_EVERY_FAULTS) continue
      told = tally.total
      tell(`${told} faults, ${lab.clock.leaps} minutes, ${lab.daemon.count} daemons`)
    }
  } finally {
    clearInterval(minuteHand)
    await healing.all()
    for (const host of lab.hosts) host.thaw()
  }
  return tally
}

/** Waits for the end of all runs, then lets one calm minute show that every job still runs. What did not come to that end. */
async function settle(lab: ChaosLab, { settleMs, tell }: ChaosOptions, last: Minute): Promise<readonly string[]> {
  if (lab.daemon.current === null) lab.daemon.start()
  await planned(lab, last)
  await lab.enable(false)
  // The clock goes on by itself as well: no minute of that kind is to begin as the crons are enabled again.
  lab.clock.leapToNextMinute()
  const running = await lab.ticks.ended(settleMs)
  if (running.length > 0) return running.map(({ number }) => `tick ${number} has not ended`)
  if (!(await lab.isIdle(settleMs))) return lab.locks().map((name) => `lock ${name} is still there`)
  tell('all runs have ended; one calm minute')
  await lab.enable(true)
  lab.clock.leapToNextMinute()
  const calm = minuteOf(lab.clock.now())
  const wrong = await calmMinute(lab, calm)
  await lab.enable(false)
  if (!(await lab.isIdle(60_000))) return lab.locks().map((name) => `lock ${name} of the calm minute is still there`)
  return wrong
}

/** Resolves when a daemon has turned to `minute`, and to what was left of the minutes before: once all crons are disabled, none would tell of it. */
async function planned(lab: ChaosLab, minute: Minute): Promise<void> {
  await lab.daemon.current?.tells(/READY=1/, START_MS)
  const isTold = async () => (eventsOf(lab, minute).length > 0 ? true : null)
  await waitUntil('the last minute of the faults is told of', isTold, START_MS)
}

function eventsOf(lab: ChaosLab, minute: Minute): readonly LoggedEvent[] {
  return lab.log
    .filter(({ event }) => minuteOf(Date.parse(String(event['minute']))) === minute)
    .map(({ event }) => event)
}

async function calmMinute(lab: ChaosLab, minute: Minute): Promise<readonly string[]> {
  const events = () => eventsOf(lab, minute)
  const jobsBegun = () => new Set(events().flatMap(({ msg, job }) => (msg === 'run started' ? [String(job)] : [])))
  try {
    await until('every job runs', () => jobsBegun().size >= JOBS.length, 30_000)
  } catch {
    return [`in the calm minute only these jobs ran: ${[...jobsBegun()].join(', ')}`]
  }
  return events()
    .filter(({ outcome }) => ['skipped', 'blocked', 'unreachable', 'refused', 'lost'].includes(String(outcome)))
    .map((event) => `in the calm minute: ${JSON.stringify(event)}`)
}
