import type { SystemRow } from '../../domain/rows.ts'
import type { Login } from '../../hosts/transport.ts'
import type { AskParts } from './ask-host.ts'
import { countSessions, describeSessions } from './count-sessions.ts'
import { describeOffer } from './describe-offer.ts'
import type { HostCheck } from './login-report.ts'
import { readOffer } from './read-offer.ts'
import { placeOf, type SeenHostKeys } from './watch-host-keys.ts'

/** What is looked at for a host as a whole, and how. */
export type HostFactsParts = AskParts & {
  readonly seen: SeenHostKeys
  /** Sessions at once on one connection, at most. */
  readonly sessionsPerConnection: number
}

/** What several logins of one host have in common: looked at for the first of them. */
export class HostFacts {
  readonly #parts: HostFactsParts
  #offer: Promise<readonly string[] | null> | null = null
  /** By the secret's identity: a connection is that of one secret, and sshd may have rules for one user alone. */
  readonly #sessions = new Map<string, Promise<number | null>>()

  constructor(parts: HostFactsParts) {
    this.#parts = parts
  }

  /** Which kinds of host keys it has; nothing where it does not tell. */
  async keyTypes(
    address: string | undefined,
    { port }: Login['target'],
    system: SystemRow,
  ): Promise<readonly HostCheck[]> {
    if (address === undefined) return []
    this.#offer ??= readOffer({ host: address, port }, this.#parts.clock)
    const algorithms = await this.#offer
    return algorithms === null ? [] : [describeOffer(algorithms, system.legacy_algorithms === 1)]
  }

  /** How many sessions at once it lets one connection have; nothing where that could not be seen. */
  async sessions(login: Login): Promise<readonly HostCheck[]> {
    const { target, credential } = login
    const { sessionsPerConnection: most, seen } = this.#parts
    const key = JSON.stringify([target.user, credential.identity])
    const connections = () => seen.get(placeOf(target.host, target.port))?.connections ?? 0
    const counted = this.#sessions.get(key) ?? countSessions(login, { ...this.#parts, connections, most })
    this.#sessions.set(key, counted)
    const count = await counted
    return count === null ? [] : [describeSessions(count, most)]
  }
}
