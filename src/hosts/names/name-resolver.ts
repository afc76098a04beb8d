import type { Unreachable } from '../handover.ts'

/** Turns host names into addresses. */
export interface NameResolver {
  /** Answers within the resolver's deadline. Names that cannot be resolved never delay others. Never rejects. */
  resolve(name: string): Promise<Resolved | Unreachable>
}

/** The addresses of a host. */
export type Resolved = {
  readonly kind: 'resolved'
  /** At least one; in the order in which they are to be tried. */
  readonly addresses: readonly Address[]
}

/** An address of the internet protocol, version 4 or 6. */
export type Address = { readonly address: string; readonly family: 4 | 6 }
