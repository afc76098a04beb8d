import { describeMinute } from '../../../src/domain/minute.ts'
import type { ToldOutcome } from '../tale.ts'
import { type Evidence, isKnownToItsHostAlone, LINGER_MS, laneOf, type Violation } from './evidence.ts'

/** A firing is skipped only beside an earlier one of the job, of the cron where each is on its own, that has not come to its end. */
export function judgeSkips(evidence: Evidence): readonly Violation[] {
  const { outcomes } = evidence.tale
  const isSkip = ({ outcome }: ToldOutcome) => outcome === 'skipped'
  const lanes = Map.groupBy(
    outcomes.filter((told) => !isSkip(told)),
    (told) => laneOf(evidence, told),
  )
  return outcomes
    .filter((told) => isSkip(told) && !wasActive(evidence, lanes.get(laneOf(evidence, told)) ?? [], told))
    .filter((skip) => !wasInterrupted(evidence, skip) && !isBesideUnlocked(evidence, skip))
    .map(({ run, job, cron, minute }) => ({
      rule: 'not to be skipped',
      run,
      text: `not to be skipped: cron ${cron} of ${job} was, in ${describeMinute(minute)}, and nothing earlier was active`,
    }))
}

/** So long after the disk is well again a lock that could not be removed is gone. */
const REMOVAL_MS = 3000

/** Something earlier came to its end later, whichever process told that, or its lock could not be removed. */
function wasActive(evidence: Evidence, lane: readonly ToldOutcome[], skip: ToldOutcome): boolean {
  // Its process may not have lived to tell that it began.
  const beganAt = ({ job, minute, run }: ToldOutcome) =>
    Math.min(
      evidence.tale.firstToldAt.get(`${job} ${minute}`) ?? Number.POSITIVE_INFINITY,
      evidence.hosts.get(run ?? '')?.starts[0] ?? Number.POSITIVE_INFINITY,
    )
  return lane
    .filter(({ minute, at }) => minute !== skip.minute && lockGoneAt(evidence, at) >= skip.at - LINGER_MS)
    .some((told) => told.minute < skip.minute || beganAt(told) <= skip.at + LINGER_MS)
}

/** What has no lock yet when its process dies counts as active until then, and is told as missed by a later one. */
function wasInterrupted({ tale: { firings } }: Evidence, skip: ToldOutcome): boolean {
  return firings.some(
    ({ job, from, teller, isMissed }) => isMissed && job === skip.job && from < skip.minute && teller > skip.teller,
  )
}

/** Beside a run of the job of which its host alone knew in the end. Its process may have called it active while it waited to begin. */
function isBesideUnlocked(evidence: Evidence, { job, at }: ToldOutcome): boolean {
  return [...evidence.hosts.values()].some(
    (seen) => seen.job === job && seen.lastSign >= at - LINGER_MS && isKnownToItsHostAlone(evidence, seen),
  )
}

/** When the lock of a run that was told at `at` was removed at the latest, but for what it may linger. */
function lockGoneAt({ diskFaults }: Evidence, at: number): number {
  const sick = diskFaults.filter(({ from, until }) => from <= at + LINGER_MS && until >= at - LINGER_MS)
  return Math.max(at, ...sick.map(({ until }) => until + REMOVAL_MS))
}
