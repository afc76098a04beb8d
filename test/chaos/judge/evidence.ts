import type { Minute } from '../../../src/domain/minute.ts'
import type { RunId } from '../../../src/domain/run.ts'
import type { DiskFault } from '../chaos-disk.ts'
import type { TickByHand } from '../chaos-ticks.ts'
import type { DaemonLife } from '../daemon-life.ts'
import type { HostRun } from '../host-journal.ts'
import type { ChaosJob } from '../jobs.ts'
import type { StoredCron } from '../stored-crons.ts'
import { endsOf, type Tale, type ToldEnd, type ToldOutcome } from '../tale.ts'

/** All that there is to judge a chaos run by. Times in epoch milliseconds of the machine's clock. */
export type Evidence = {
  readonly hosts: ReadonlyMap<RunId, HostRun>
  readonly tale: Tale
  readonly jobs: readonly ChaosJob[]
  /** When the daemon's clock came to that minute. */
  readonly beganAt: (minute: Minute) => number
  /** The minutes in which faults struck; every job was due in each of them. */
  readonly minutes: readonly Minute[]
  /** When the crons were disabled for the runs to come to their ends: from then on walks whose run was adopted do not go on. */
  readonly disabledAt: number
  /** The daemons, one after the other. The last one was told to stop when all runs had ended. */
  readonly lives: readonly DaemonLife[]
  /** When processes of rcron were killed, by number. */
  readonly kills: ReadonlyMap<number, number>
  /** When processes of rcron ended by themselves, by number. */
  readonly exits: ReadonlyMap<number, number>
  /** When the state or its locks took no writes. */
  readonly diskFaults: readonly DiskFault[]
  /** Firings that were asked for beside the schedule. */
  readonly byHand: readonly TickByHand[]
  /** The rows as the last daemon left them. */
  readonly rows: readonly StoredCron[]
}

/** Where rcron was wrong. */
export type Violation = { readonly rule: string; readonly run: RunId | null; readonly text: string }

/** What clocks that are read in different processes may differ by. */
export const SLACK_MS = 60

/** So long after its end was told a run may stand in the way of the next one, and a walk may take to go on: a lock file is removed meanwhile. */
export const LINGER_MS = 500

/** The run's outcomes as rcron told them, in order. */
export function endsByRun({ tale }: Pick<Evidence, 'tale'>): ReadonlyMap<RunId, readonly ToldEnd[]> {
  return Map.groupBy(endsOf(tale), ({ run }) => run)
}

export function jobOf({ jobs }: Pick<Evidence, 'jobs'>, told: Pick<ToldOutcome, 'job'>): ChaosJob | null {
  return jobs.find(({ name }) => name === told.job) ?? null
}

/** What runs must not overlap in: the job, but for action `all`, where each cron is on its own. */
export function laneOf(evidence: Pick<Evidence, 'jobs'>, told: Pick<ToldOutcome, 'job' | 'cron'>): string {
  return jobOf(evidence, told)?.action === 'all' ? `cron ${told.cron}` : told.job
}

/** Whether the state or its locks took no writes at `at`, or nearly. */
export function isDiskSickAt(evidence: Pick<Evidence, 'diskFaults'>, at: number): boolean {
  return isDiskSickBetween(evidence, at, at)
}

function isDiskSickBetween({ diskFaults }: Pick<Evidence, 'diskFaults'>, first: number, last: number): boolean {
  return diskFaults.some(({ from, until }) => from <= last + LINGER_MS && until >= first - LINGER_MS)
}

/** The daemon of that number; null for a tick. */
export function lifeOfTeller({ lives }: Pick<Evidence, 'lives'>, teller: number): DaemonLife | null {
  return lives.find(({ number }) => number === teller) ?? null
}

/** Whether that daemon is the one that lived until all runs had ended. */
export function isLast({ lives }: Pick<Evidence, 'lives'>, teller: number): boolean {
  return teller === lives.at(-1)?.number
}

/**
 * From when on a firing of `job` by hand may have ended what began at `from`; never: infinity. One that was asked for before that may come
 * to it later: what it ends has ended when something is first told of itself.
 */
export function nextByHand({ byHand, tale }: Pick<Evidence, 'byHand' | 'tale'>, job: string, from: number): number {
  const actsUntil = ({ minute, until }: TickByHand) => tale.firstToldAt.get(`${job} ${minute}`) ?? until
  return Math.min(
    Number.POSITIVE_INFINITY,
    ...byHand.filter((each) => each.job === job && actsUntil(each) >= from).map(({ at }) => Math.max(at, from)),
  )
}

/**
 * Whether nothing was left that knows of a run but its host: no lock could be written for its job, and the process that began it
 * ended before it could tell its end. What was `told` of it was told by another one, which began its minute once more.
 */
export function isKnownToItsHostAlone(
  evidence: Evidence,
  { job, starts: [start = 0] }: HostRun,
  told: ToldEnd | null = null,
): boolean {
  if (!isDiskSickBetween(evidence, start - UNDER_WAY_MS, start)) return false
  return evidence.tale.unlocked.some(
    ({ job: ofJob, teller, at }) =>
      ofJob === job &&
      teller !== told?.teller &&
      at <= start + LINGER_MS &&
      start <= goneAt(evidence, teller) + UNDER_WAY_MS,
  )
}

/**
 * So long a start may take, over a slow or frozen connection, from when its process looked for a lock; that may have gone meanwhile, or the
 * disk be well again, though not for long enough to write the lock after all.
 */
const UNDER_WAY_MS = 5_000

/** When that process ended; before all times where it lived on. */
function goneAt({ kills, exits }: Evidence, teller: number): number {
  return kills.get(teller) ?? exits.get(teller) ?? Number.NEGATIVE_INFINITY
}
