import type { Address } from './name-resolver.ts'

/** What came of asking for a name: `absent` is an answer, `silent` is none. */
export type LookupResult =
  | FoundAddresses
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent'; readonly why: string }

/** A name for which addresses were found. */
export type FoundAddresses = {
  readonly kind: 'found'
  readonly addresses: readonly Address[]
  /** How long the answer holds, by who gave it. Milliseconds. */
  readonly ttlMs: number
}
