import type { Clock } from '../../platform/clock.ts'
import type { NotHandedOver } from '../handover.ts'
import type { Connected, Connection } from '../transport.ts'

type Answer = Connected | NotHandedOver

/** What opens a pooled connection, and how long it is kept. */
export type PooledConnectionParts = {
  readonly connect: (signal: AbortSignal) => Promise<Answer>
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  /** Milliseconds without a session after which the connection is closed; 0 for one that is not kept. */
  readonly idleMs: number
  /** Milliseconds since its login began from which on it takes nobody new. */
  readonly maxAgeMs: number
  /** Called once, when nobody can get a session here any more because the connection failed or ended. */
  readonly onGone: () => void
}

/** A connection that is coming up, in use or idle, with the number of those who hold or await a session on it. */
export class PooledConnection {
  readonly #parts: PooledConnectionParts
  readonly #life = new AbortController()
  /** Settles with the connection, or with why there is none. */
  readonly ready: Promise<Answer>
  #connection: Connection | null = null
  #holders = 0
  #idleSince: number
  readonly #bornAt: number
  #isRetired = false

  constructor(parts: PooledConnectionParts) {
    this.#parts = parts
    this.#bornAt = parts.clock.monotonic()
    this.#idleSince = this.#bornAt
    this.ready = this.#bringUp()
  }

  get holders(): number {
    return this.#holders
  }

  /** Whether it may be given to one more, as far as it knows. */
  get isUsable(): boolean {
    return !this.#isSpent && !this.#life.signal.aborted
  }

  get #isSpent(): boolean {
    return this.#isRetired || this.#parts.clock.monotonic() - this.#bornAt >= this.#parts.maxAgeMs
  }

  /** The connection where it is up; null while it is coming up. */
  get open(): Connection | null {
    return this.#connection?.isOpen === true ? this.#connection : null
  }

  enter(): void {
    this.#holders += 1
  }

  leave(): void {
    this.#holders -= 1
    this.#idleSince = this.#parts.clock.monotonic()
    if (this.#holders === 0 && (this.#isSpent || this.#parts.idleMs === 0 || this.#connection === null)) {
      this.close('no longer needed')
    }
  }

  /** Takes nobody new; closes when the last holder leaves. */
  retire(): void {
    this.#isRetired = true
    if (this.#holders === 0) this.close('no longer needed')
  }

  close(reason: string): void {
    this.#life.abort()
    this.#connection?.close(reason)
  }

  async #bringUp(): Promise<Answer> {
    const answer = await this.#parts.connect(this.#life.signal)
    if (answer.kind !== 'connected') {
      this.#gone()
      return answer
    }
    const { connection } = answer
    this.#connection = connection
    void connection.closed.then(() => this.#gone())
    if (this.#life.signal.aborted) connection.close('no longer needed')
    else void this.#closeWhenIdle(connection)
    return answer
  }

  #gone(): void {
    this.#life.abort()
    this.#parts.onGone()
  }

  /** One sleeper for the connection's life, so that a session costs no timer of its own. */
  async #closeWhenIdle(connection: Connection): Promise<void> {
    const { clock, idleMs } = this.#parts
    if (idleMs === 0) return
    while (connection.isOpen) {
      const idleFor = this.#holders > 0 ? 0 : clock.monotonic() - this.#idleSince
      if (idleFor >= idleMs) {
        this.close('idle')
        return
      }
      await clock.sleep(idleMs - idleFor, this.#life.signal)
    }
  }
}
