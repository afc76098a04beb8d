import { addMinutes } from '../../../src/domain/minute.ts'
import type { HostRun } from '../host-journal.ts'
import type { ToldEnd } from '../tale.ts'
import { type Evidence, jobOf, lifeOfTeller, nextByHand, SLACK_MS } from './evidence.ts'

/** In what the outcome that was told differs from what the host saw; null where it does not. */
export function untruthOf(evidence: Evidence, told: ToldEnd, seen: HostRun | null): string | null {
  switch (told.outcome) {
    case 'succeeded':
      return endedWith(seen, 0)
    case 'failed':
      return endedWith(seen, told.exitCode)
    case 'signaled':
      return signalled(evidence, told, seen)
    case 'killed':
      return killed(evidence, told, seen)
    case 'timed-out':
      return endedByUs(told, seen, timedOutFrom(evidence, told))
    case 'unreachable':
    case 'refused':
    case 'skipped':
    case 'blocked':
    case 'missed':
      return neverBegan(seen)
    case 'lost':
      return 'every run of it could be asked in the end'
    default:
      return 'that is no outcome of a run'
  }
}

function endedWith(seen: HostRun | null, status: number | null): string | null {
  if (seen === null) return 'its host never saw it begin'
  const [end] = seen.ends
  if (end === undefined) return 'its host never saw it end by itself'
  return end.status === status ? null : `its host saw it end with ${end.status}`
}

/** Where the daemon that was killing a run is killed itself, the next one finds what the host wrote down: the signal. */
function signalled(evidence: Evidence, told: ToldEnd, seen: HostRun | null): string | null {
  if (told.signal === 'SIGKILL' && seen?.ends[0]?.status === 137) return null
  if (seen === null || seen.ends.length > 0) return endedWith(seen, null)
  const wanted = Math.min(killedFrom(evidence, told), timedOutFrom(evidence, told))
  const isOurs = told.signal === 'SIGTERM' || told.signal === 'SIGKILL'
  return isOurs && told.at >= wanted - SLACK_MS ? null : 'nobody sent it a signal'
}

function neverBegan(seen: HostRun | null): string | null {
  return seen === null ? null : 'its host saw it begin'
}

function killed(evidence: Evidence, told: ToldEnd, seen: HostRun | null): string | null {
  switch (told.by) {
    case 'clobber':
      return endedByUs(told, seen, killedFrom(evidence, told))
    case 'shutdown':
      return isStopping(evidence, told) ? neverBegan(seen) : 'its daemon was not to stop'
    default:
      return 'nobody else kills'
  }
}

/** Only what was not handed over yet is killed by the end of its daemon. */
function isStopping(evidence: Evidence, { teller, at }: ToldEnd): boolean {
  const { stoppingAt = null } = lifeOfTeller(evidence, teller) ?? {}
  return stoppingAt !== null && at >= stoppingAt
}

/** Nothing that ended, or was told to have ended, before anybody could want that was ended by rcron. */
function endedByUs({ at }: ToldEnd, seen: HostRun | null, wanted: number): string | null {
  if (wanted === Number.POSITIVE_INFINITY) return 'nothing of its job is ever ended so'
  if (at < wanted - SLACK_MS) return `that was ${Math.round(wanted - at)} ms before rcron could want it`
  const end = seen?.ends[0]
  if (end === undefined || end.at >= wanted - SLACK_MS) return null
  return `its host saw it end with ${end.status}, ${Math.round(wanted - end.at)} ms before rcron could want that`
}

/** A clobber comes from a later firing of the job. */
function killedFrom(evidence: Evidence, told: ToldEnd): number {
  if (jobOf(evidence, told)?.action !== 'clobber') return Number.POSITIVE_INFINITY
  const begins = evidence.beganAt(told.minute)
  return Math.min(evidence.beganAt(addMinutes(told.minute, 1)), nextByHand(evidence, told.job, begins))
}

/** The time of an adopted run is measured by the daemon's clock, which leaps. */
function timedOutFrom(evidence: Evidence, told: ToldEnd): number {
  const { beganAt } = evidence
  const timeout = jobOf(evidence, told)?.more?.timeout_s ?? null
  if (timeout === null) return Number.POSITIVE_INFINITY
  const timeIsUp = beganAt(told.minute) + 1000 * timeout
  return told.isAdopted ? Math.min(timeIsUp, beganAt(addMinutes(told.minute, 1))) : timeIsUp
}
