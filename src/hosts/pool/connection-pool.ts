import type { Clock } from '../../platform/clock.ts'
import { untilAborted } from '../../platform/waiting/within.ts'
import { type NotHandedOver, unreachable } from '../handover.ts'
import type { LoginGate } from '../logins/login-gate.ts'
import type { Connection, Login } from '../transport.ts'
import { PooledConnection } from './pooled-connection.ts'

/**
 * `shared`: up to the limit of sessions on one connection. `own`: a connection that nobody else uses, so that all that runs on it
 * can be distinguished on the host. `urgent`: one's own, past every throttle, for a kill or a probe.
 */
export type Sharing = 'shared' | 'own' | 'urgent'

/** The right to one session on a connection. */
export type Lease = {
  readonly kind: 'leased'
  readonly connection: Connection
  /** To be called once, when the session has ended. */
  release(): void
  /** The host had no room for the session: the connection takes fewer from now on. */
  tooMany(): void
}

/** What is asked of the pool. */
export type LeaseRequest = {
  readonly login: Login
  readonly sharing: Sharing
  /** Not a connection that was used before. */
  readonly fresh: boolean
}

/** What opens the pool's connections, and how they are shared. */
export type ConnectionPoolParts = {
  readonly gate: LoginGate
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  /** Sessions at once on one connection. */
  readonly maxSessions: number
  readonly idleMs: number
  /** Milliseconds from which on a connection takes no new session. */
  readonly maxAgeMs: number
}

/** Connections of one login that may be shared. */
type Bucket = { readonly connections: Set<PooledConnection>; capacity: number }

/** Keeps connections by user, host, port and secret, and lends sessions on them. */
export class ConnectionPool {
  readonly #parts: ConnectionPoolParts
  readonly #buckets = new Map<string, Bucket>()
  readonly #unshared = new Set<PooledConnection>()
  #isClosed = false

  constructor(parts: ConnectionPoolParts) {
    this.#parts = parts
  }

  /** Lends a session on an open connection that has room for it; null if there is none. */
  leaseOpen({ login, sharing }: Pick<LeaseRequest, 'login' | 'sharing'>): Lease | null {
    if (sharing !== 'shared') return null
    const key = keyOf(login)
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return null
    for (const pooled of bucket.connections) {
      const connection = pooled.isUsable && pooled.holders < bucket.capacity ? pooled.open : null
      if (connection === null) continue
      pooled.enter()
      return this.#lend(key, pooled, connection)
    }
    return null
  }

  /** Lends a session on an open connection with room, on one that is coming up, or on a new one. Never rejects. */
  async lease(request: LeaseRequest, signal: AbortSignal): Promise<Lease | NotHandedOver> {
    if (this.#isClosed) return unreachable('rcron is shutting down')
    if (signal.aborted) return unreachable('cancelled')
    const key = keyOf(request.login)
    const pooled = this.#choose(key, request)
    pooled.enter()
    const connection = pooled.open
    if (connection !== null) return this.#lend(key, pooled, connection)
    const answer = (await untilAborted(pooled.ready, signal)) ?? unreachable('given up')
    if (answer.kind === 'connected' && answer.connection.isOpen) return this.#lend(key, pooled, answer.connection)
    pooled.leave()
    return answer.kind === 'connected' ? unreachable('the connection ended at once') : answer
  }

  /** Lends no further session on the connections of now; what runs on them ends in peace. */
  retire(): void {
    for (const { connections } of this.#buckets.values()) {
      for (const pooled of [...connections]) pooled.retire()
    }
  }

  /** Lends nothing any more, and ends every connection, and with it every command that is not supervised on its host. */
  [Symbol.dispose](): void {
    this.#isClosed = true
    for (const pooled of this.#unshared) pooled.close('shutting down')
    for (const { connections } of this.#buckets.values()) {
      for (const pooled of connections) pooled.close('shutting down')
    }
  }

  #lend(key: string, pooled: PooledConnection, connection: Connection): Lease {
    return {
      kind: 'leased',
      connection,
      release: () => pooled.leave(),
      tooMany: () => {
        pooled.retire()
        const bucket = this.#buckets.get(key)
        if (bucket !== undefined) bucket.capacity = Math.max(1, Math.min(bucket.capacity, pooled.holders - 1))
      },
    }
  }

  #choose(key: string, request: LeaseRequest): PooledConnection {
    if (request.sharing !== 'shared') return this.#open(request, this.#unshared)
    const bucket = this.#bucketOf(key)
    const withRoom = [...bucket.connections].filter((it) => it.isUsable && it.holders < bucket.capacity)
    const usable = request.fresh ? withRoom.filter((it) => it.open === null) : withRoom
    return usable.find((it) => it.open !== null) ?? usable[0] ?? this.#open(request, bucket.connections, key)
  }

  #open({ login, sharing }: LeaseRequest, among: Set<PooledConnection>, key?: string): PooledConnection {
    const { gate, clock, idleMs, maxAgeMs } = this.#parts
    const pooled = new PooledConnection({
      connect: (signal) => gate.connect({ login, isUrgent: sharing === 'urgent' }, signal),
      clock,
      idleMs: sharing === 'shared' ? idleMs : 0,
      maxAgeMs,
      onGone: () => {
        among.delete(pooled)
        if (key !== undefined && among.size === 0) this.#buckets.delete(key)
      },
    })
    among.add(pooled)
    return pooled
  }

  #bucketOf(key: string): Bucket {
    const bucket = this.#buckets.get(key) ?? { connections: new Set(), capacity: this.#parts.maxSessions }
    this.#buckets.set(key, bucket)
    return bucket
  }
}

function keyOf({ target, credential }: Login): string {
  const { user, host, port, legacyAlgorithms } = target
  return JSON.stringify([user, host, port, legacyAlgorithms, credential.identity])
}
