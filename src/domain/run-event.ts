import type { Cron } from './cron.ts'
import type { Firing, FiringTrigger, Job } from './job.ts'
import type { Minute } from './minute.ts'
import type { KilledBy, Outcome } from './outcome.ts'
import type { Run, RunId, RunResult } from './run.ts'

/** The firing that an event is of. */
export type FiringFacts = {
  readonly job: Job
  readonly minute: Minute
  /** What the ids of its runs are made from, where that is its own: manual firings may repeat a minute. Null: job and minute name it. */
  readonly series: string | null
  /** Null if that is not known any more: of a run that an earlier process had begun. */
  readonly how: FiringTrigger | null
  /** Who asked for it. Absent: nobody did, or that is not known. */
  readonly by?: string
}

/** A cron of a firing, as it was when the firing was adopted. */
export type CronFacts = {
  readonly firing: FiringFacts
  /** The row's id. */
  readonly cron: number
  readonly host: string
  readonly port: number
  /** What people call the system. Absent: nothing else, or that is not known. */
  readonly system?: string
  readonly user: string
}

/** A cron of which no run was to begin. */
export type NoRun = CronFacts & { readonly id: null }

/** A run: one attempt of its firing. */
export type RunFacts = CronFacts & {
  readonly id: RunId
  /** Null if that is no longer known: for an adopted run, and for what its firing continues with. */
  readonly attempt: AttemptNumber | null
  /** How many hosts its walk has left after it, as far as it goes on; of an adopted one those of its lock. */
  readonly hostsLeft: number
  /** Milliseconds for which it has waited for its place; 0 if it had one at once, or none yet. */
  readonly waitMs: number
  /** An earlier process had handed it over, and this one has taken it up. */
  readonly isAdopted: boolean
}

/** Its place in the walk of its firing from host to host, from 1; an action that starts all at once makes one attempt with each. */
export type AttemptNumber = { readonly number: number; readonly of: number }

/**
 * How one cron of a firing came out. `run` is null where none was to begin; `outcome` is null where rcron itself has failed over it, so
 * that its end is not known.
 */
export type AttemptEnd = { readonly cron: CronFacts; readonly run: RunId | null; readonly outcome: Outcome | null }

/** Everything that happens to a firing or a run. `at`, and all other times, in epoch milliseconds. */
export type RunEvent = { readonly at: number } & (FiringEvent | RunUnderWay | RunOver | MinutesMissed)

/** The event of one kind. */
export type RunEventOf<Kind extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: Kind }>

type FiringEvent =
  /** A firing is adopted; `crons` are the ids of its rows. Its runs, or what became of them instead, follow. */
  | { readonly kind: 'fired'; readonly firing: FiringFacts; readonly crons: readonly number[] }
  /**
   * All is over of a firing that this process has taken up, in the order in which its attempts came to their ends. Not of one whose
   * process has gone: that is over with the last run that was adopted of it, or that it continued with.
   */
  | { readonly kind: 'firing-ended'; readonly firing: FiringFacts; readonly attempts: readonly AttemptEnd[] }
  /** The firing of an adopted run continues with these rows, in order. */
  | { readonly kind: 'continued'; readonly run: RunFacts; readonly crons: readonly number[] }
  /** It had rows left, and does not continue. */
  | { readonly kind: 'not-continued'; readonly run: RunFacts; readonly reason: string }

type RunUnderWay =
  /** All places of its host, or all places, are taken: so many. */
  | {
      readonly kind: 'queued'
      readonly run: RunFacts
      readonly limit: 'host' | 'runs'
      readonly most: number
      readonly reason: string
    }
  /** It was handed over, and has not begun for long. */
  | { readonly kind: 'awaiting-host'; readonly run: RunFacts; readonly reason: string }
  /** Its host said that the command has begun. */
  | { readonly kind: 'started'; readonly run: RunFacts }
  /** Its host cannot be asked since then; it counts as active. */
  | { readonly kind: 'contact-lost'; readonly run: RunFacts; readonly since: number; readonly reason: string }
  /** Contact is not back, for another reason by now. */
  | { readonly kind: 'contact-still-lost'; readonly run: RunFacts; readonly since: number; readonly reason: string }
  /** Contact is back, and it is alive. */
  | { readonly kind: 'contact-found'; readonly run: RunFacts }
  /** This process has taken it up from one that has gone. */
  | { readonly kind: 'adopted'; readonly run: RunFacts }
  /** Its process has gone, and its lock could not be taken over in writing. Said once by each process that finds it so. */
  | { readonly kind: 'not-adopted'; readonly run: RunFacts; readonly failure: Error }
  /** It was to be ended, and may be alive: it stays under its lock. */
  | { readonly kind: 'kill-unconfirmed'; readonly run: RunFacts; readonly by: KilledBy; readonly reason: string }

type RunOver =
  /** It was handed over, or was to be and its host was not reached or would not have it, and this process reports its end. */
  | { readonly kind: 'ended'; readonly run: RunFacts; readonly result: RunResult }
  /** It has ended, and another process reports how. */
  | { readonly kind: 'ended-elsewhere'; readonly run: RunFacts }
  /**
   * By rcron's own choice nothing was handed over: skipped, blocked, missed, or killed while it waited. Without a run where its firing was
   * skipped, or blocked by a run before it that cannot be ended.
   */
  | { readonly kind: 'not-run'; readonly run: RunFacts | NoRun; readonly outcome: Outcome }

/** One event for each job, however many minutes: `count` is that of its firings, from the minute `first` to `last`. */
type MinutesMissed =
  /** They were not planned in time; `caughtUp` of these firings follow all the same. */
  | ({ readonly kind: 'missed'; readonly caughtUp: number } & MissedFirings)
  /** An earlier process had planned them, or caught them up, and did not live to begin them. They do not run. */
  | ({ readonly kind: 'interrupted'; readonly reason: string } & MissedFirings)

/** `crons`: ids of the rows that were due. */
type MissedFirings = {
  readonly job: Job
  readonly crons: readonly number[]
  readonly count: number
  readonly first: Minute
  readonly last: Minute
}

export function firingFactsOf({ job, minute }: Firing, how: FiringTrigger, series: string | null): FiringFacts {
  return { job, minute, series, how }
}

export function cronFactsOf(firing: FiringFacts, { id, system, auth }: Cron): CronFacts {
  const called = system.name === null ? {} : { system: system.name }
  return { firing, cron: id, host: system.host, port: system.port, ...called, user: auth.user }
}

/** Of a run that is yet to be handed over by this process. */
export function runFactsOf(
  firing: FiringFacts,
  { id, cron }: Run,
  { attempt, hostsLeft }: Pick<RunFacts, 'attempt' | 'hostsLeft'>,
): RunFacts {
  return { ...cronFactsOf(firing, cron), id, attempt, hostsLeft, waitMs: 0, isAdopted: false }
}
