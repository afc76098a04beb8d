import type { Clock } from '../platform/clock.ts'
import {
  type HandoverUnknown,
  type NotHandedOver,
  refused,
  type Unreachable,
  unreachable,
  unreachableForNow,
} from './handover.ts'
import type { ConnectionPool, Lease, Sharing } from './pool/connection-pool.ts'
import type { ExecRequest, Login, Running } from './transport.ts'

/** A command, the login that it runs as, and whose connection it may use. */
export type SessionRequest = ExecRequest & { readonly login: Login; readonly sharing: Sharing }

/** What came of asking for a session. */
export type SessionAnswer = Running | NotHandedOver | HandoverUnknown

/** What sessions are opened over. */
export type SessionsParts = {
  readonly pool: ConnectionPool
  readonly clock: Pick<Clock, 'sleep'>
  readonly startWindowMs: number
  /** From 0 up to 1; spreads the retries of many. */
  readonly random: () => number
}

/** A command is tried again this often after a failure that may be over the next moment. */
const MAX_RETRIES = 3
const FIRST_PAUSE_MS = 150

/** Hands commands over: finds a session for each, tries again what may be tried again, and gives the session back at its end. */
export class Sessions {
  readonly #parts: SessionsParts

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  /**
   * Hands one command over within the start window. A command that may have begun is never sent again. Aborting `signal` ends the
   * waiting as unreachable; a command that has been handed over by then is answered as running. Never rejects.
   */
  async exec(request: SessionRequest, signal: AbortSignal): Promise<SessionAnswer> {
    const ready = signal.aborted ? null : this.#parts.pool.leaseOpen(request)
    if (ready === null) return await this.#withinWindow(request, signal, null)
    const answer = await this.#use(ready, request, false)
    return isPassing(answer) ? await this.#withinWindow(request, signal, answer) : answer
  }

  async #withinWindow(request: SessionRequest, signal: AbortSignal, first: Passing | null): Promise<SessionAnswer> {
    const { clock } = this.#parts
    // A host that may take long to log in to has that time on top.
    const startWindowMs = this.#parts.startWindowMs + (request.login.target.loginTimeoutMs ?? 0)
    const window = new AbortController()
    const answered = new AbortController()
    const giveUp = () => window.abort()
    void clock.sleep(startWindowMs, answered.signal).then(giveUp)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    try {
      return await this.#persist({ ...request, startWindowMs }, window.signal, first)
    } finally {
      answered.abort()
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** Tries until something else than a passing failure comes of it; `first` is what came of a try already made. */
  async #persist(request: Windowed, window: AbortSignal, first: Passing | null): Promise<SessionAnswer> {
    let failure = first
    for (let retries = first === null ? 0 : 1; retries <= MAX_RETRIES; retries++) {
      if (retries > 0) await this.#pause(retries, window)
      const answer = await this.#try(request, retries, window)
      if (window.aborted && answer.kind === 'unreachable') return outOfTime(request.startWindowMs, failure)
      if (!isPassing(answer)) return answer
      failure = answer
    }
    return failure ?? unreachable('cancelled')
  }

  async #try(request: SessionRequest, retries: number, window: AbortSignal): Promise<SessionAnswer> {
    const { login, sharing } = request
    const lease = await this.#parts.pool.lease({ login, sharing, fresh: retries > 0 }, window)
    return lease.kind === 'leased' ? await this.#use(lease, request, retries === MAX_RETRIES) : lease
  }

  async #use(lease: Lease, request: SessionRequest, isLast: boolean): Promise<SessionAnswer> {
    const answer = await lease.connection.exec(request)
    if (answer.kind === 'running') {
      void answer.command.ended.then(() => lease.release())
      return answer
    }
    if (answer.kind === 'no-session') lease.tooMany()
    lease.release()
    if (answer.kind !== 'no-session') return answer
    return isLast ? refused('exec', answer.reason) : unreachableForNow(answer.reason)
  }

  #pause(retries: number, window: AbortSignal): Promise<void> {
    const spread = 0.5 + this.#parts.random()
    return this.#parts.clock.sleep(FIRST_PAUSE_MS * 3 ** (retries - 1) * spread, window)
  }
}

type Windowed = SessionRequest & { readonly startWindowMs: number }

function outOfTime(startWindowMs: number, failure: Passing | null): SessionAnswer {
  const last = failure === null ? '' : `; last: ${failure.reason}`
  return unreachable(`no session within ${startWindowMs / 1000} s${last}`, failure?.detail)
}

/** A failure after which another try may come to something else. */
type Passing = Unreachable & { readonly transient: true }

function isPassing(answer: SessionAnswer): answer is Passing {
  return answer.kind === 'unreachable' && answer.transient
}
