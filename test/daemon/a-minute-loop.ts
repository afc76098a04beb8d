import { MinuteLoop } from '../../src/daemon/minute-loop.ts'
import { MinuteBook } from '../../src/dispatch/minute-book.ts'
import { type Mark, type MinuteMark, NO_MARK } from '../../src/dispatch/minute-mark.ts'
import type { FiringHow } from '../../src/dispatch/run-carrier.ts'
import type { Firing } from '../../src/domain/job.ts'
import { describeMinute } from '../../src/domain/minute.ts'
import type { Snapshot } from '../../src/schedule/snapshot.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

/** A mark in memory, which outlives the loop that moves it. */
export class HandMark implements MinuteMark {
  kept: Mark = NO_MARK

  async load(): Promise<Mark> {
    return this.kept
  }

  async save(mark: Mark): Promise<void> {
    this.kept = mark
  }

  exclusively<T>(use: () => Promise<T>): Promise<T> {
    return use()
  }
}

/** A loop over `snapshot` whose firings are remembered rather than carried out. */
export async function aMinuteLoop(start: string, snapshot: Snapshot, mark = new HandMark()) {
  const clock = new HandClock(start)
  const log = new RecordingLog()
  const firings: { readonly firing: Firing; readonly how: FiringHow }[] = []
  const active: { readonly crons: readonly number[]; readonly minute: number }[] = []
  let begun: Promise<void> = Promise.resolve()
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  const dispatcher = {
    active: active as never,
    fire: (firing: Firing, how: FiringHow) => {
      firings.push({ firing, how })
      return { begun, result: Promise.resolve({ firing, how, outcomes: [] }) }
    },
  }
  const loop = new MinuteLoop({ clock, log, book, dispatcher })
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
    /** From now on firings do not begin. */
    holdBack: () => {
      begun = new Promise(() => undefined)
    },
    /** `job1 2026-03-01T12:00Z schedule`, in order. */
    fired: () => firings.map(({ firing, how }) => `${firing.job.name} ${describeMinute(firing.minute)} ${how}`),
    minutes: () => firings.map(({ firing }) => firing.minute),
  }
}
