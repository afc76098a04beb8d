import type { HostKeys } from '../host-keys/host-keys.ts'
import { fingerprintOf } from '../host-keys/key-blob.ts'
import { serverHostKeyAlgorithms } from '../host-keys/server-host-key-algorithms.ts'
import { describeHost, type Target } from '../target.ts'
import type { Timings } from '../timings.ts'
import { type DialParts, dial } from './ssh-dial.ts'
import { logIn } from './ssh-login.ts'

/** What a host is asked with. */
export type HostKeyParts = Pick<DialParts, 'resolver'> & { readonly timings: Timings }

/** The key that a host showed and proved to have (wire format), or why it showed none. */
export type ShownHostKey =
  | { readonly kind: 'shown'; readonly key: Buffer }
  | { readonly kind: 'none'; readonly reason: string }

/** Connects, has the host show its best key, and hangs up before any login: no secret is sent. Never rejects. */
export async function readHostKey(target: Omit<Target, 'user'>, parts: HostKeyParts): Promise<ShownHostKey> {
  const asked: Target = { ...target, user: 'rcron' }
  const { signal } = new AbortController()
  const dialled = await dial(asked, { resolver: parts.resolver, timings: parts.timings }, signal)
  if (dialled.kind === 'unreachable') return { kind: 'none', reason: dialled.reason }
  let shown: Buffer | null = null
  const hostKeys = keepingKey((key) => {
    shown = key
  })
  const credential = { kind: 'password', password: '', identity: '' } as const
  const answer = await logIn(
    { target: asked, credential },
    dialled.socket,
    { hostKeys, timings: parts.timings },
    signal,
  )
  if (shown !== null) return { kind: 'shown', key: shown }
  const reason = answer.kind === 'logged-in' ? `${describeHost(asked)} showed no key` : answer.reason
  return { kind: 'none', reason }
}

/** Accepts no key, so that nothing follows the one that is shown. */
function keepingKey(keep: (key: Buffer) => void): HostKeys {
  return {
    algorithmsFor: (_host, _port, legacy) => serverHostKeyAlgorithms([], legacy),
    explainNoCommonAlgorithm: (host, _port, offered) => ({
      reason: `${host} has no host key of an accepted type; it offers ${offered.join(', ')}`,
      wouldLegacyDo: false,
    }),
    verify: async (_host, _port, key) => {
      keep(Buffer.from(key))
      return { accepted: false, kind: 'unknown', fingerprint: fingerprintOf(key), reason: 'only its key was asked for' }
    },
  }
}
