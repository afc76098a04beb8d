import { keepNewest } from '../platform/bounded-map.ts'
import type { Clock } from '../platform/clock.ts'
import { within } from '../platform/waiting/within.ts'
import type { Address, NameResolver } from './names/name-resolver.ts'

/** A name that is met for the first time is waited for so long; later it counts by its name. Milliseconds. */
const PATIENCE_MS = 250
const MOST_NAMES = 10_000

/** A host's name and port, as rows have them. */
export type NamedEndpoint = { readonly host: string; readonly port: number }

/** Tells by which address and port a host is reached: several names of one machine are one place. */
export class HostEndpoints {
  readonly #resolver: NameResolver
  readonly #clock: Clock
  readonly #known = new Map<string, string>()

  constructor(resolver: NameResolver, clock: Clock) {
    this.#resolver = resolver
    this.#clock = clock
  }

  /** At once for a name that was met before; its address is asked for again meanwhile. */
  of({ host, port }: NamedEndpoint): string | Promise<string> {
    const name = host.toLowerCase()
    const known = this.#known.get(name)
    const asking = this.#ask(name)
    if (known !== undefined) return `${known} ${port}`
    return within(this.#clock, PATIENCE_MS, asking).then((place) => `${place ?? name} ${port}`)
  }

  /** As it was told last, for those who look: nobody is asked. */
  known({ host, port }: NamedEndpoint): string {
    const name = host.toLowerCase()
    return `${this.#known.get(name) ?? name} ${port}`
  }

  async #ask(name: string): Promise<string> {
    const resolved = await this.#resolver.resolve(name)
    if (resolved.kind !== 'resolved') return this.#known.get(name) ?? name
    const place = firstOf(resolved.addresses) ?? name
    return keepNewest(this.#known, name, place, MOST_NAMES)
  }
}

/** The same one whatever the order in which they come: name servers take turns. IPv4 first, which most names of a host share. */
function firstOf(addresses: readonly Address[]): string | undefined {
  const [first] = [...addresses].sort(
    (one, other) => one.family - other.family || (one.address < other.address ? -1 : 1),
  )
  return first?.address
}
