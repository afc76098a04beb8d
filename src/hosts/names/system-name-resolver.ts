import { Resolver } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { keepNewest } from '../../platform/bounded-map.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Unreachable, unreachableBy } from '../handover.ts'
import { parseHostsFile } from './hosts-file.ts'
import type { FoundAddresses, LookupResult } from './lookup-result.ts'
import type { NameResolver, Resolved } from './name-resolver.ts'
import { candidates, parseSearchRules } from './search-list.ts'
import { askLibrary, LibraryNames } from './system-library-names.ts'
import { askNameServers } from './system-name-servers.ts'

/** Where the machine's own rules for names are read, and who is asked. */
export type SystemNameResolverParts = {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Milliseconds one name may take. */
  readonly dnsMs: number
  /** Name servers as `address` or `address:port`; those of the system if not given. */
  readonly servers?: readonly string[]
  readonly hostsFile?: string
  readonly resolvConf?: string
  /** Asks the C library; that of the system if not given. Never rejects. */
  readonly lookup?: (name: string) => Promise<LookupResult>
  /** Names that the library is asked for at once. */
  readonly lookupsAtOnce?: number
}

type Answer = Resolved | Unreachable

/** Answers are kept at least and at most this long, whatever the name server says. Milliseconds. */
const SHORTEST_MS = 5_000
const LONGEST_MS = 300_000

/** An address that was good is used up to this age while no answer comes, which is waited for so long. Milliseconds. */
const STALE_MS = 24 * 60 * 60_000
const PATIENCE_MS = 1_000

/** The library is asked too where the name servers have not answered in this time. Milliseconds. */
const HEDGE_MS = 1_000

const LOOKUPS_AT_ONCE = 16

const MAX_KEPT_NAMES = 10_000

type Kept = { readonly resolved: Resolved; readonly at: number; readonly until: number }

/**
 * Resolves names as the machine does (hosts file, search domains, name servers, and what else its C library knows), but
 * without the few threads that the C library's own resolver would block for as long as a name server is silent.
 */
export function createSystemNameResolver(parts: SystemNameResolverParts): NameResolver {
  return new SystemNameResolver(parts)
}

class SystemNameResolver implements NameResolver {
  readonly #parts: SystemNameResolverParts
  readonly #kept = new Map<string, Kept>()
  readonly #underway = new Map<string, Promise<Answer>>()
  readonly #library: LibraryNames

  constructor(parts: SystemNameResolverParts) {
    this.#parts = parts
    this.#library = new LibraryNames({
      clock: parts.clock,
      lookup: parts.lookup ?? askLibrary,
      atOnce: parts.lookupsAtOnce ?? LOOKUPS_AT_ONCE,
    })
  }

  async resolve(name: string): Promise<Answer> {
    const family = isIP(name)
    if (family === 4 || family === 6) return { kind: 'resolved', addresses: [{ address: name, family }] }
    const key = name.toLowerCase()
    const kept = this.#kept.get(key)
    if (kept !== undefined && this.#parts.clock.monotonic() < kept.until) return kept.resolved
    const asking = this.#underway.get(key) ?? this.#begin(key)
    const stale = this.#staleOf(key)
    return stale === null ? await asking : await Promise.race([asking, delay(PATIENCE_MS, stale, { ref: false })])
  }

  #begin(name: string): Promise<Answer> {
    const asking = this.#withinDeadline(name).finally(() => this.#underway.delete(name))
    this.#underway.set(name, asking)
    return asking
  }

  #staleOf(name: string): Resolved | null {
    const kept = this.#kept.get(name)
    return kept !== undefined && this.#parts.clock.monotonic() - kept.at < STALE_MS ? kept.resolved : null
  }

  async #withinDeadline(name: string): Promise<Answer> {
    const { dnsMs } = this.#parts
    const servers = this.#servers()
    const over = new AbortController()
    const { promise: deadline, resolve } = Promise.withResolvers<LookupResult>()
    const timer = setTimeout(() => resolve({ kind: 'silent', why: `no answer within ${dnsMs / 1000} s` }), dnsMs)
    const asked = await Promise.race([this.#ask(name, servers, over.signal), deadline])
    clearTimeout(timer)
    servers.cancel()
    over.abort()
    switch (asked.kind) {
      case 'found':
        return this.#keep(name, asked)
      case 'absent':
        this.#kept.delete(name)
        return unreachableBy(
          'unknown-name',
          `${name}: no such host: neither the hosts file nor the name servers know the name`,
        )
      case 'silent':
        return (
          this.#staleOf(name) ?? unreachableBy('unknown-name', `${name}: the name could not be resolved: ${asked.why}`)
        )
      default:
        return asked satisfies never
    }
  }

  #keep(name: string, { addresses, ttlMs }: FoundAddresses): Resolved {
    const at = this.#parts.clock.monotonic()
    const resolved: Resolved = { kind: 'resolved', addresses }
    const until = at + Math.min(Math.max(ttlMs, SHORTEST_MS), LONGEST_MS)
    keepNewest(this.#kept, name, { resolved, at, until }, MAX_KEPT_NAMES)
    return resolved
  }

  #servers(): Resolver {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (this.#parts.servers !== undefined) resolver.setServers(this.#parts.servers)
    return resolver
  }

  async #ask(name: string, servers: Resolver, signal: AbortSignal): Promise<LookupResult> {
    const hosts = parseHostsFile(await textOf(this.#parts.hostsFile ?? '/etc/hosts'))
    const listed = hosts.get(name.replace(/\.$/, ''))
    if (listed !== undefined) return { kind: 'found', addresses: listed, ttlMs: 0 }
    const asking = this.#askServers(name, servers)
    const early = await Promise.race([asking, delay(HEDGE_MS, null, { ref: false })])
    if (early?.kind === 'found') return early
    const telling = this.#library.ask(name, signal)
    const both = Promise.all([asking, telling]).then(([asked, told]) => (told.kind === 'absent' ? asked : told))
    return await Promise.race([whenFound(asking), whenFound(telling), both])
  }

  async #askServers(name: string, servers: Resolver): Promise<LookupResult> {
    const rules = parseSearchRules(await textOf(this.#parts.resolvConf ?? '/etc/resolv.conf'))
    let silence: LookupResult | null = null
    for (const candidate of candidates(name, rules)) {
      const asked = await askNameServers(servers, candidate)
      if (asked.kind === 'found') return asked
      // A domain of the search list that fails does not keep the others from being tried, as in the C library.
      if (asked.kind === 'silent') silence ??= asked
    }
    return silence ?? { kind: 'absent' }
  }
}

/** Never settles where nothing is found. */
async function whenFound(asking: Promise<LookupResult>): Promise<FoundAddresses> {
  const asked = await asking
  return asked.kind === 'found' ? asked : await new Promise(() => {})
}

/** Empty if the file cannot be read: then it has nothing to say. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return ''
  }
}
