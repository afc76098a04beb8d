import { NO_LOCK_MESSAGE } from '../../src/dispatch/locks/lock-holder.ts'
import { type Minute, minuteOf } from '../../src/domain/minute.ts'
import type { RunId } from '../../src/domain/run.ts'
import type { TaleEvent } from './rcron-process.ts'

/** What rcron said became of a cron in one minute. */
export type ToldOutcome = {
  /** Null where there was not to be one: the cron was skipped or blocked. */
  readonly run: RunId | null
  readonly job: string
  readonly cron: number
  readonly minute: Minute
  readonly outcome: string
  readonly exitCode: number | null
  readonly signal: string | null
  readonly by: string | null
  /** By the machine's clock. */
  readonly at: number
  /** Which process of rcron said so. */
  readonly teller: number
  /** Of a run that another process had begun. */
  readonly isAdopted: boolean
  /** Whether the cron's row in the store is to say so too. */
  readonly isRecorded: boolean
}

/** What rcron said of the end of a run, or of a run that was not to be. */
export type ToldEnd = ToldOutcome & { readonly run: RunId }

/** A job and minutes of which rcron told something: that it ran, was skipped, blocked or missed. */
export type ToldFiring = {
  readonly job: string
  readonly from: Minute
  readonly to: Minute
  readonly isMissed: boolean
  /** Which process of rcron said so. */
  readonly teller: number
}

/** A process that could write no lock for runs of a job, which it said once. */
export type Unlocked = { readonly job: string; readonly teller: number; readonly at: number }

/** What rcron told, all its processes together, in order. */
export type Tale = {
  readonly outcomes: readonly ToldOutcome[]
  readonly firings: readonly ToldFiring[]
  /** Runs that it said it had started or adopted. */
  readonly begun: ReadonlySet<RunId>
  /** When something was first said of a firing, by `<job> <minute>`; by the machine's clock. */
  readonly firstToldAt: ReadonlyMap<string, number>
  /** What said that a job goes on without a lock, and from when on; by the machine's clock. */
  readonly unlocked: readonly Unlocked[]
  readonly counts: { readonly unknown: number; readonly found: number; readonly adopted: number }
  /** Lines in which rcron accuses itself. */
  readonly bugs: readonly string[]
}

export function readTale(log: readonly TaleEvent[], machineTimeOf: (told: number) => number): Tale {
  const said = (start: string) => log.filter(({ event }) => event.msg.startsWith(start)).length
  return {
    outcomes: log.flatMap((each) => outcomeOf(each, machineTimeOf)),
    firings: log.flatMap(firingOf),
    begun: new Set(
      log.flatMap(({ event: { msg, run } }) =>
        (msg === 'run started' || msg === 'run adopted') && typeof run === 'string' ? [run] : [],
      ),
    ),
    firstToldAt: firstTold(log, machineTimeOf),
    unlocked: log.flatMap(({ teller, event: { msg, job, time } }) =>
      msg === NO_LOCK_MESSAGE && typeof job === 'string'
        ? [{ job, teller, at: machineTimeOf(Date.parse(String(time))) }]
        : [],
    ),
    counts: {
      unknown: said('lost contact with run'),
      found: said('contact with run restored'),
      adopted: said('run adopted'),
    },
    bugs: log.filter(({ event }) => event.msg.includes('bug in rcron')).map(({ event }) => JSON.stringify(event)),
  }
}

/** The outcomes that are the end of a run, in order. */
export function endsOf({ outcomes }: Pick<Tale, 'outcomes'>): readonly ToldEnd[] {
  return outcomes.flatMap((told) => (told.run === null ? [] : [{ ...told, run: told.run }]))
}

function outcomeOf({ teller, event }: TaleEvent, machineTimeOf: (told: number) => number): readonly ToldOutcome[] {
  const { msg, run, job, cron, minute, outcome, exitCode, signal, by, adopted, time } = event
  // Its firing's line says the same again.
  if (typeof cron !== 'number' || typeof outcome !== 'string' || !msg.startsWith('run ')) return []
  return [
    {
      run: textOrNull(run),
      job: String(job),
      cron,
      minute: minuteOf(Date.parse(String(minute))),
      outcome,
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      signal: textOrNull(signal),
      by: textOrNull(by),
      at: machineTimeOf(Date.parse(String(time))),
      teller,
      isAdopted: adopted === true,
      isRecorded: msg === 'run ended' || msg === 'run blocked',
    },
  ]
}

function firingOf({ teller, event }: TaleEvent): readonly ToldFiring[] {
  const { msg, job, minute, first, last } = event
  const from = minute ?? first
  if (typeof job !== 'string' || typeof from !== 'string') return []
  const to = minuteOf(Date.parse(String(minute ?? last)))
  return [{ job, from: minuteOf(Date.parse(from)), to, isMissed: msg === 'minutes missed', teller }]
}

function firstTold(log: readonly TaleEvent[], machineTimeOf: (told: number) => number): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  for (const { event } of log) {
    const { job, minute, time } = event
    if (typeof job !== 'string' || typeof minute !== 'string') continue
    const firing = `${job} ${minuteOf(Date.parse(minute))}`
    if (!first.has(firing)) first.set(firing, machineTimeOf(Date.parse(String(time))))
  }
  return first
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
