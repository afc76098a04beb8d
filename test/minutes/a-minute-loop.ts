import type { Snapshot } from '../../src/definitions/snapshot.ts'
import type { ReportBegun } from '../../src/dispatch/first-reports.ts'
import type { Firing, FiringTrigger } from '../../src/domain/job.ts'
import { describeMinute, type Minute } from '../../src/domain/minute.ts'
import type { FiringLedger } from '../../src/minutes/firing-ledger.ts'
import { MinuteBook } from '../../src/minutes/minute-book.ts'
import { MinuteLoop } from '../../src/minutes/minute-loop.ts'
import { type Mark, type MinuteMark, NO_MARK } from '../../src/minutes/minute-mark.ts'
import { aJournal } from '../support/a-journal.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

/** A mark in memory, which outlives the loop that moves it. */
export class HandMark implements MinuteMark {
  kept: Mark = NO_MARK
  readonly #begun = new Map<Minute, Set<number>>()

  async load(): Promise<Mark> {
    return this.kept
  }

  async save(mark: Mark): Promise<void> {
    this.kept = mark
  }

  async noteBegun(minute: Minute, crons: readonly number[]): Promise<void> {
    this.#begun.set(minute, new Set([...(this.#begun.get(minute) ?? []), ...crons]))
  }

  async begunIn(minute: Minute): Promise<ReadonlySet<number>> {
    return this.#begun.get(minute) ?? new Set()
  }

  exclusively<T>(use: () => Promise<T>): Promise<T> {
    return use()
  }
}

export const NO_LEDGER: FiringLedger = {
  open: () => ({ begun: () => {}, close: () => {} }),
  left: () => [],
  noteFound: () => {},
}

/** A loop over `snapshot` whose firings are remembered rather than carried out. */
export async function aMinuteLoop(start: string, snapshot: Snapshot, mark = new HandMark()) {
  const clock = new HandClock(start)
  const log = new RecordingLog()
  const firings: { readonly firing: Firing; readonly how: FiringTrigger }[] = []
  const active: { readonly crons: readonly number[]; readonly minute: number }[] = []
  let isHeldBack = (_cron: number) => false
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  const dispatcher = {
    active: active as never,
    fire: (firing: Firing, how: FiringTrigger, tellBegun: ReportBegun = () => {}) => {
      firings.push({ firing, how })
      const ids = firing.crons.map(({ id }) => id)
      tellBegun(ids.filter((id) => !isHeldBack(id)))
      const begun = ids.some(isHeldBack) ? new Promise<void>(() => undefined) : Promise.resolve()
      return { begun, result: Promise.resolve({ firing, how, outcomes: [] }) }
    },
  }
  const loop = new MinuteLoop({ clock, journal: aJournal(log), log, book, ledger: NO_LEDGER, dispatcher })
  return {
    clock,
    log,
    loop,
    mark,
    active,
    /** What wakes it: one look at the clock. */
    wake: async () => {
      await loop.step(snapshot)
      await settled()
    },
    /** From now on these crons do not begin; none does where none is given. */
    holdBack: (...crons: readonly number[]) => {
      isHeldBack = (cron) => crons.length === 0 || crons.includes(cron)
    },
    /** `job1 2026-03-01T12:00Z schedule`, in order. */
    fired: () => firings.map(({ firing, how }) => `${firing.job.name} ${describeMinute(firing.minute)} ${how}`),
    minutes: () => firings.map(({ firing }) => firing.minute),
  }
}
