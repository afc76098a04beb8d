import type { KilledBy, Outcome } from '../../domain/outcome.ts'
import type { RunId, RunTrace } from '../../domain/run.ts'
import type { CommandEnd } from '../../hosts/transport.ts'
import { type HostStatus, outcomeOfEnd, outcomeOfStatus } from '../remote/host-status.ts'
import type { KillReply, ProbeReply } from './run-hosts.ts'

/** What is known of a run after something was heard, or not heard, of it. */
export type Verdict = EndVerdict | AliveVerdict | SilentVerdict

/** Nothing more will come of it. */
export type EndVerdict = {
  readonly kind: 'over'
  readonly outcome: Outcome
  /** Its host has output of it that may not have come here. */
  readonly hasKept: boolean
  /** Its host says that it ended by itself, before any KILL came. */
  readonly endedByItself: boolean
  /** False if it may be alive for all that is known. */
  readonly isDead: boolean
  /** Milliseconds for which it ran, by its host; null where that has not said so. */
  readonly tookMs: number | null
}

/** A run that its host says is alive. */
export type AliveVerdict = { readonly kind: 'alive'; readonly trace: RunTrace | null }

/** Not known: its host must be asked, or asked again. */
export type SilentVerdict = {
  readonly kind: 'silent'
  readonly reason: string
  readonly isGarbled: boolean
  /** A POSIX shell answered, and cannot tell of the run. */
  readonly isAnswer: boolean
}

/** Why a run is ended by rcron. */
export type EndCause =
  | { readonly kind: 'killed'; readonly by: KilledBy }
  | { readonly kind: 'timed-out'; readonly afterMs: number }

export function over(
  outcome: Outcome,
  { hasKept = false, endedByItself = false, isDead = true, tookMs = null }: Partial<Omit<EndVerdict, 'outcome'>> = {},
): EndVerdict {
  return { kind: 'over', outcome, hasKept, endedByItself, isDead, tookMs }
}

export function silent(reason: string, { isGarbled = false, isAnswer = false } = {}): SilentVerdict {
  return { kind: 'silent', reason, isGarbled, isAnswer }
}

/** The script's own status where its supervisor was ended before it could tell the command's: it looks like a command's own 255. */
const DOUBTFUL_STATUS = 255

/** What the end of the session means for a run whose preamble came. Only a status proves the command's end. */
export function judgeSessionEnd(end: CommandEnd): EndVerdict | SilentVerdict {
  switch (end.kind) {
    case 'exited':
      return end.code === DOUBTFUL_STATUS
        ? silent('its session ended with status 255, which may not be that of the command')
        : over(outcomeOfEnd(end))
    case 'signaled':
      return silent(`the shell that supervised it was ended by ${end.signal}`)
    case 'broken':
      return silent(end.reason)
    default:
      return end satisfies never
  }
}

/**
 * What the end of a START's session means where its host did not answer. The answer is written before the command begins: where all
 * that was printed has come, and it was not there, the command has certainly not begun, and nothing is left that could begin it. Null
 * where that is not certain.
 */
export function judgeUnanswered(
  end: CommandEnd,
  { isWithoutAnswer, noise }: { readonly isWithoutAnswer: boolean; readonly noise: string },
): EndVerdict | null {
  if (end.kind !== 'exited' || end.isWhole !== true || !isWithoutAnswer) return null
  const reason = `its login ended with status ${end.code} and did not begin the command; ${noise}`
  return over({
    kind: 'refused',
    reason: end.code === 0 ? `${reason}; a login without a POSIX shell needs supervise = 0` : reason,
  })
}

/** What it means that a host did not begin a run that has no lock: nothing remembers it there, or `beside` is alive. */
export function judgeWithheld(beside: RunId | null): EndVerdict {
  if (beside === null) return over({ kind: 'refused', reason: REMEMBERED_NOWHERE })
  const reason =
    `run ${beside}, which excludes it, is alive on its host but has no lock file: ` +
    'an earlier rcron process began it; wait for it to end, or kill it there'
  return over({ kind: 'skipped', code: 'HOST_ALREADY_CLAIMED', reason })
}

/** What a host's answer to a PROBE means; `hasBegun` where the host once said that the command had begun. */
export function judgeProbe(reply: ProbeReply, hasBegun: boolean): Verdict {
  switch (reply.kind) {
    case 'running':
      return { kind: 'alive', trace: reply.trace }
    case 'exited':
      return over(outcomeOfExited(reply), {
        hasKept: reply.hasKept,
        endedByItself: reply.endedByItself,
        tookMs: reply.tookMs ?? null,
      })
    case 'rebooted':
      return over(lost('its host rebooted while it ran'))
    case 'elsewhere':
      return silent(ELSEWHERE, { isAnswer: true })
    case 'gone':
      return over(lost(reply.killsAtSessionEnd ? `${GONE}; ${KILLED_AT_SESSION_END}` : GONE))
    case 'never-started':
      return hasBegun
        ? over(lost('its host reported that it had begun, and now reports that it never did'))
        : over({
            kind: 'unreachable',
            reason: 'its host, reached again, had not begun it and will not begin it',
          })
    case 'unclaimed':
      return silent(UNCLAIMED, { isAnswer: true })
    case 'unknown':
      return silent('its host could not look at its processes', { isAnswer: true })
    case 'unreadable':
      return silent(reply.reason, { isGarbled: true })
    case 'unanswered':
      return silent(reply.reason)
    default:
      return reply satisfies never
  }
}

function outcomeOfExited({ status, killsAtSessionEnd }: Extract<ProbeReply, { kind: 'exited' }>): Outcome {
  const outcome = outcomeOfStatus(status)
  return outcome.kind === 'signaled' && killsAtSessionEnd ? { ...outcome, reason: KILLED_AT_SESSION_END } : outcome
}

const UNCLAIMED = 'its host has not begun it, but may still do so: rcron cannot write to its spool'
const REMEMBERED_NOWHERE =
  'rcron cannot write a lock file, and its host cannot claim it: neither the home directory of its user nor /var/tmp is writable; ' +
  'make one of them writable'
const GONE = 'it is no longer alive and left no exit status on its host'
const KILLED_AT_SESSION_END =
  'the logind.conf of its host has KillUserProcesses=yes, which kills runs with their session unless KillExcludeUsers= names the account'

/** What the answer to a KILL proves. `outcome` is null if the cause of the kill is the outcome. */
export type KillVerdict =
  | { readonly kind: 'dead'; readonly outcome: Outcome | null; readonly tookMs: number | null }
  /** `isSent`: the run may have been signalled all the same. */
  | { readonly kind: 'unconfirmed'; readonly reason: string; readonly isSent: boolean }

/** A status that comes with a death is the command's own: a host does not tell one that a KILL has brought about. */
export function judgeKill(reply: KillReply, { hasBegun = false }): KillVerdict {
  switch (reply.kind) {
    case 'ended':
      return { kind: 'dead', outcome: ownOutcome(reply.status), tookMs: reply.tookMs ?? null }
    case 'none':
      if (!reply.guarded && !hasBegun) {
        const reason =
          'none of its processes is alive, but it may still begin: rcron cannot write to the spool on its host'
        return { kind: 'unconfirmed', reason, isSent: false }
      }
      return { kind: 'dead', outcome: ownOutcome(reply.status), tookMs: reply.tookMs ?? null }
    case 'stuck':
      return { kind: 'unconfirmed', reason: `still alive after KILL: pids ${reply.pids.join(', ')}`, isSent: true }
    case 'unknown':
      return { kind: 'unconfirmed', reason: 'its host could not look at its processes', isSent: true }
    case 'elsewhere':
      return { kind: 'unconfirmed', reason: ELSEWHERE, isSent: false }
    case 'unanswered':
      return { kind: 'unconfirmed', reason: reply.reason, isSent: reply.isSent }
    default:
      return reply satisfies never
  }
}

const ELSEWHERE =
  'another machine answered under the name of its host: it has another boot id and was up before the run began; ' +
  'define one system per machine, by its own name or address'

function ownOutcome(status: HostStatus | null): Outcome | null {
  return status === null ? null : outcomeOfStatus(status)
}

export function lost(why: string): Outcome {
  return { kind: 'lost', reason: `${why}: it may have done its work` }
}

/** `killed by clobber`: a cause in words. */
export function describeCause(cause: EndCause): string {
  return cause.kind === 'killed' ? `killed by ${cause.by}` : `out of time after ${cause.afterMs / 1000} s`
}
