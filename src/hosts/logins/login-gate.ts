import pLimit, { type LimitFunction } from 'p-limit'
import type { Clock } from '../../platform/clock.ts'
import { type NotHandedOver, unreachable } from '../handover.ts'
import type { HostEndpoints } from '../host-endpoints.ts'
import type { Target } from '../target.ts'
import type { Connected, Login, Transport } from '../transport.ts'
import type { PausedLogin } from './login-breaker.ts'
import { LoginQueue, type LoginSlot } from './login-queue.ts'

/** Handshakes at once on one host: OpenSSH begins to drop them at 10. */
const MAX_HANDSHAKES = 8

/** The logins of one user on one host that are left alone for a while. */
export type PausedUser = PausedLogin & { readonly user: string }

type Answer = Connected | NotHandedOver

/** What makes the connections that pass the gate. */
export type LoginGateParts = {
  readonly transport: Transport
  readonly clock: Pick<Clock, 'monotonic'>
  readonly places: Pick<HostEndpoints, 'of'>
}

/** How a login is asked for. */
export type LoginRequest = {
  readonly login: Login
  /** Passes by the limit of handshakes: a kill must not wait behind what it is to kill. */
  readonly isUrgent: boolean
}

/**
 * Logs in considerately: a bounded number of handshakes at once on a host, fewer after the host has dropped some, and none for
 * a while with a secret that was refused.
 */
export class LoginGate {
  readonly #parts: LoginGateParts
  readonly #hosts = new Map<string, LimitFunction>()
  readonly #lines = new Map<string, LoginQueue>()

  constructor(parts: LoginGateParts) {
    this.#parts = parts
  }

  /** The logins that are left alone now, by the place of their host. */
  paused(): ReadonlyMap<string, readonly PausedUser[]> {
    const paused = [...this.#lines].flatMap(([key, { pause }]) => {
      const [place = '', user = ''] = JSON.parse(key) as readonly string[]
      return pause === null ? [] : [{ place, paused: { user, ...pause } }]
    })
    const byPlace = Map.groupBy(paused, ({ place }) => place)
    return new Map([...byPlace].map(([place, of]) => [place, of.map((it) => it.paused)]))
  }

  /** Never rejects. */
  async connect({ login, isUrgent }: LoginRequest, signal: AbortSignal): Promise<Answer> {
    const known = this.#parts.places.of(login.target)
    const place = typeof known === 'string' ? known : await known
    const line = this.#lineOf(place, login.target)
    const turn = await line.turn({ secret: login.credential.identity, isUrgent }, signal)
    if (turn.kind !== 'turn') return turn
    return isUrgent ? await this.#take(turn, login, signal) : await this.#takeInTurn(turn, { login, place }, signal)
  }

  async #take(turn: LoginSlot, login: Login, signal: AbortSignal): Promise<Answer> {
    let answer: Answer = unreachable('cancelled')
    try {
      if (!signal.aborted) answer = turn.refusal() ?? (await this.#parts.transport.connect(login, signal))
      return answer
    } finally {
      turn.end(answer.kind === 'connected' ? null : answer, signal.aborted)
    }
  }

  async #takeInTurn(turn: LoginSlot, { login, place }: Placed, signal: AbortSignal): Promise<Answer> {
    const limit = this.#limitOf(place)
    return await limit(async () => {
      const answer = await this.#take(turn, login, signal)
      if (answer.kind === 'connected') limit.concurrency = Math.min(MAX_HANDSHAKES, limit.concurrency + 1)
      else if (answer.kind === 'unreachable' && answer.transient) {
        limit.concurrency = Math.max(1, Math.floor(limit.activeCount / 2))
      }
      return answer
    })
  }

  #lineOf(place: string, { user }: Target): LoginQueue {
    const key = JSON.stringify([place, user])
    const line = this.#lines.get(key) ?? new LoginQueue(() => this.#parts.clock.monotonic())
    this.#lines.set(key, line)
    return line
  }

  #limitOf(place: string): LimitFunction {
    const limit = this.#hosts.get(place) ?? pLimit(MAX_HANDSHAKES)
    this.#hosts.set(place, limit)
    return limit
  }
}

/** A login, and where it leads: the names of one machine share its limits. */
type Placed = { readonly login: Login; readonly place: string }
