import { listNames, type ServerOffer } from './server-offer.ts'
import { algorithmsFor } from './ssh-algorithms.ts'

type Kind = {
  readonly what: string
  /** Where sshd_config sets it. */
  readonly keyword: string
  readonly offered: readonly string[]
  readonly modern: readonly string[]
  readonly legacy: readonly string[]
}

/** Why a handshake found no algorithm that both sides know. */
export type NoCommonAlgorithm = {
  readonly cause: 'no-common-algorithm' | 'legacy-algorithms'
  readonly reason: string
}

/** Why a handshake with a server of this offer came to nothing, and what makes it work. Host keys are not looked at. */
export function explainNoCommonAlgorithm(offer: ServerOffer, isLegacyAllowed: boolean): NoCommonAlgorithm {
  const missing = kindsOf(offer).filter(({ offered, modern, legacy }) => {
    const ours = isLegacyAllowed ? legacy : modern
    return !offered.some((name) => ours.includes(name))
  })
  if (missing.length === 0) return { cause: 'no-common-algorithm', reason: 'no algorithm in common' }
  const found = missing.map(({ what, offered }) => `its ${what}: ${listNames(offered)}`).join('; ')
  const wouldLegacyDo = missing.every(({ offered, legacy }) => offered.some((name) => legacy.includes(name)))
  const remedy = wouldLegacyDo ? 'for an old host set legacy_algorithms = 1 on the system' : remedyAtHost(missing)
  return {
    cause: wouldLegacyDo ? 'legacy-algorithms' : 'no-common-algorithm',
    reason: `no algorithm in common (${found}); ${remedy}`,
  }
}

function kindsOf({ kex, ciphers, macs }: ServerOffer): readonly Kind[] {
  const modern = algorithmsFor([], false)
  const legacy = algorithmsFor([], true)
  return [
    { what: 'key exchanges', keyword: 'KexAlgorithms', offered: kex, modern: modern.kex, legacy: legacy.kex },
    { what: 'ciphers', keyword: 'Ciphers', offered: ciphers, modern: modern.cipher, legacy: legacy.cipher },
    { what: 'MACs', keyword: 'MACs', offered: macs, modern: modern.hmac, legacy: legacy.hmac },
  ]
}

function remedyAtHost(missing: readonly Kind[]): string {
  const isGroupExchange = missing.some(({ offered }) => offered.some((name) => name.includes('group-exchange')))
  const why = isGroupExchange
    ? 'rcron does not use group exchange, since a server could stall it with a prime of its choice'
    : 'the SSH library of rcron lacks these'
  const settings = missing.map(({ keyword, modern }) => `${modern[0]} (${keyword} in sshd_config)`).join(' and ')
  return `${why}: let its sshd offer ${settings} too`
}
