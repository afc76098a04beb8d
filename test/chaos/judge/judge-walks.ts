import { addMinutes } from '../../../src/domain/minute.ts'
import { endsOf, type ToldEnd } from '../tale.ts'
import { type Evidence, isKnownToItsHostAlone, jobOf, LINGER_MS, nextByHand, type Violation } from './evidence.ts'

/** After one of these a walk goes on to the next host. */
const FAILURES: ReadonlySet<string> = new Set(['failed', 'signaled', 'timed-out', 'unreachable', 'refused'])

/**
 * A walk goes on until no host is left, or a run ends otherwise than by failing; whichever process it is by then. One that may not go on
 * because its process stops, or died while it waited for its turn, is told so.
 */
export function judgeWalks(evidence: Evidence): readonly Violation[] {
  const firings = Map.groupBy(endsOf(evidence.tale), ({ job, minute }) => `${job} ${minute}`)
  return [...firings.values()].flatMap((ends) => judgeWalk(evidence, ends))
}

function judgeWalk(evidence: Evidence, ends: readonly ToldEnd[]): readonly Violation[] {
  const last = ends.at(-1)
  const job = last === undefined ? null : jobOf(evidence, last)
  if (last === undefined || job === null || job.action === 'all') return []
  const tried = new Set(ends.map(({ cron }) => cron)).size
  const isUnfinished = tried < job.hosts && ends.every(({ outcome }) => FAILURES.has(outcome))
  const mayBeClobbered = job.action === 'clobber' && isNextDueAt(evidence, last)
  if (!isUnfinished || mayBeClobbered || mayNotGoOn(evidence, last) || hasGoneOnUntold(evidence, last)) return []
  const text = `given up: ${job.name} ended with this run, told as ${last.outcome}, on host ${tried} of ${job.hosts}`
  return [{ rule: 'cancelled', run: last.run, text }]
}

/** The next firing of the job ends a walk between two runs, too. */
function isNextDueAt(evidence: Evidence, { job, minute, at }: ToldEnd): boolean {
  const next = Math.min(evidence.beganAt(addMinutes(minute, 1)), nextByHand(evidence, job, evidence.beganAt(minute)))
  return at >= next - LINGER_MS
}

/** The next run of the walk is one of those that its host alone knows in the end. */
function hasGoneOnUntold(evidence: Evidence, { job, at }: ToldEnd): boolean {
  return [...evidence.hosts.values()].some(
    (seen) => seen.job === job && (seen.starts[0] ?? 0) >= at - LINGER_MS && isKnownToItsHostAlone(evidence, seen),
  )
}

/** After a run that was adopted the hosts that are left are looked up anew, and only enabled crons are tried. */
function mayNotGoOn({ disabledAt }: Evidence, { isAdopted, at }: ToldEnd): boolean {
  return isAdopted && at >= disabledAt - LINGER_MS
}
