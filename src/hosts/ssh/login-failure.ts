import { type NotHandedOver, refused, unreachable, unreachableBy, unreachableForNow } from '../handover.ts'
import type { HostKeys } from '../host-keys/host-keys.ts'
import { describeHost, type Target } from '../target.ts'
import { explainNoCommonAlgorithm } from './no-common-algorithm.ts'
import type { PeerGreeting } from './peer-greeting.ts'
import { describeSocketError } from './ssh-dial.ts'

/** How far a login got: what a connection that ends now means. */
export type LoginPhase = 'greeting' | 'handshake' | 'authentication'

/** What is known of a login that came to nothing. */
export type FailedLogin = {
  readonly target: Target
  readonly phase: LoginPhase
  readonly heard: PeerGreeting
  readonly hostKeys: Pick<HostKeys, 'explainNoCommonAlgorithm'>
}

/** An error of ssh2. `code` is that of a host which said why it hangs up (RFC 4253, 11.1). */
export type SshError = Error & { readonly level?: string; readonly code?: unknown }

/** The fact; the host's own words, which may be anything, are its detail. */
export function failureByError(error: SshError, login: FailedLogin): NotHandedOver {
  const where = describeHost(login.target)
  if (error.level === 'handshake' && /no matching/i.test(error.message)) return noCommonAlgorithm(error, login)
  if (error.level === 'client-socket') return failureByHangUp(describeSocketError(error), login)
  if (error.message === 'Connection lost before handshake') return failureByHangUp('it closed the connection', login)
  if (login.phase === 'authentication' && /too many authentication failures/i.test(error.message)) {
    return refused('authentication', `${where} refused the login as ${login.target.user}: too many tries`)
  }
  if (typeof error.code === 'number') {
    return unreachable(`${where}: it ended the ${login.phase} with the SSH disconnect code ${error.code}`)
  }
  return unreachable(`${where} does not speak SSH as expected`, JSON.stringify(error.message.slice(0, 200)))
}

function noCommonAlgorithm(error: SshError, { target, heard, hostKeys }: FailedLogin): NotHandedOver {
  const { host, port, legacyAlgorithms } = target
  const { offer } = heard
  if (/host key/i.test(error.message)) {
    const offered = typeof offer === 'string' ? [] : offer.hostKeys
    const { reason, wouldLegacyDo } = hostKeys.explainNoCommonAlgorithm(host, port, offered)
    return refused('host-key', reason, { wouldLegacyDo })
  }
  if (typeof offer === 'string') {
    return unreachableBy('no-common-algorithm', `${describeHost(target)}: no algorithm in common`)
  }
  const { cause, reason } = explainNoCommonAlgorithm(offer, legacyAlgorithms)
  return unreachableBy(cause, `${describeHost(target)}: ${reason}`)
}

/** A host that is out of room drops connections before it greets them, or in the middle of the handshake: worth another try. */
export function failureByHangUp(what: string, { target, phase, heard }: FailedLogin): NotHandedOver {
  const where = describeHost(target)
  if (!heard.isStrange) return unreachableForNow(`${where}: ${what} during the ${phase}`)
  const isOutOfRoom = /exceeded|too many|not allowed|try again/i.test(heard.firstLine)
  return isOutOfRoom
    ? unreachableForNow(
        `${where}: it accepts no more connections now (see MaxStartups in its sshd_config)`,
        said(heard),
      )
    : unreachable(`${where}: ${what}, and did not greet as SSH servers do ("SSH-2.0-…")`, said(heard))
}

/** Until it greets, a host is no slow one but a silent one. */
const SLOW_LOGIN = '; for a slow login raise login_timeout_s of the system'

export function failureByTime(loginMs: number, { target, phase, heard }: FailedLogin): NotHandedOver {
  const strange = heard.isStrange ? ', and it sent something other than an SSH greeting' : ''
  const late = `${describeHost(target)}: the ${phase} did not finish within ${loginMs / 1000} s${strange}`
  return phase === 'authentication'
    ? unreachableBy('slow-login', late + SLOW_LOGIN, said(heard))
    : unreachable(late, said(heard))
}

/** For the log alone: whoever writes rows can name any port, and what is said there is not for the store. */
function said({ isStrange, firstLine }: PeerGreeting): string | undefined {
  return isStrange ? `it said ${JSON.stringify(firstLine)}` : undefined
}

export const SHA1_ALONE =
  'it may only know RSA signatures with SHA-1: use an Ed25519 key, or set legacy_algorithms = 1 on the system'

/** Whether a host that refuses a key of that type may know no signature that was offered. */
export function mayKnowSha1Alone({ target, heard }: FailedLogin, keyType: string | null): boolean {
  return keyType === 'ssh-rsa' && !target.legacyAlgorithms && heard.isOlderThanSha2
}
