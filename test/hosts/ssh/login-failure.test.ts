import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import {
  type FailedLogin,
  failureByError,
  failureByTime,
  type LoginPhase,
} from '../../../src/hosts/ssh/login-failure.ts'
import type { PeerGreeting } from '../../../src/hosts/ssh/peer-greeting.ts'
import { algorithmsFor } from '../../../src/hosts/ssh/ssh-algorithms.ts'

const [modern, legacy] = [algorithmsFor([], false), algorithmsFor([], true)]
const offer = { kex: [...modern.kex], hostKeys: ['ssh-ed25519'], ciphers: [...modern.cipher], macs: [...modern.hmac] }
const ofOld = legacy.kex.filter((name) => !modern.kex.includes(name))

function failed(phase: LoginPhase, heard: Partial<PeerGreeting>): FailedLogin {
  return {
    target: { host: 'db1', port: 22, user: 'backup', legacyAlgorithms: false, loginTimeoutMs: null },
    phase,
    heard: { isStrange: false, firstLine: 'SSH-2.0-x', isOlderThanSha2: false, ...heard } as PeerGreeting,
    hostKeys: { explainNoCommonAlgorithm: () => ({ reason: 'none', wouldLegacyDo: true }) },
  }
}

function causeOf(answer: object): unknown {
  return 'cause' in answer ? answer.cause : null
}

const noMatch = Object.assign(new Error('Handshake failed: no matching key exchange algorithm'), { level: 'handshake' })
const offers = [
  ['old algorithms alone', { ...offer, kex: ofOld }, 'legacy-algorithms'],
  ['algorithms that nobody here knows', { ...offer, kex: ['made-up'] }, 'no-common-algorithm'],
  ['an offer that could not be read', 'unreadable', 'no-common-algorithm'],
] as const
for (const [what, of, cause] of offers) {
  test(`a host with ${what} is unreachable by ${cause}`, () => {
    const answer = failureByError(noMatch, failed('handshake', { offer: of as PeerGreeting['offer'] }))
    deepEqual([answer.kind, causeOf(answer)], ['unreachable', cause])
    match(answer.reason, /^db1:22: no algorithm in common/)
  })
}

test('a host without a host key that is taken is refused, with what its judge says of legacy keys', () => {
  const noKey = Object.assign(new Error('Handshake failed: no matching host key format'), { level: 'handshake' })
  deepEqual(failureByError(noKey, failed('handshake', { offer })), {
    kind: 'refused',
    by: 'host-key',
    reason: 'none',
    wouldLegacyDo: true,
  })
})

for (const phase of ['greeting', 'handshake', 'authentication'] as const) {
  test(`a ${phase} that takes too long is ${phase === 'authentication' ? '' : 'no '}slow login`, () => {
    const answer = failureByTime(500, failed(phase, {}))
    deepEqual([answer.kind, causeOf(answer)], ['unreachable', phase === 'authentication' ? 'slow-login' : null])
  })
}
