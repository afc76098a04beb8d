import type { SecretIdentity } from '../../secrets/credential.ts'
import { type NotHandedOver, type Refused, type Unreachable, unreachable } from '../handover.ts'
import { afterLogin, isProven, judgeLogin, longestPause, NO_HISTORY, type PausedLogin } from './login-breaker.ts'

/** Logins at once with one secret that has just proved good: so many tries it costs at most when it is changed on the host. */
const MAX_AT_ONCE = 3

/** Who wants to log in next. */
export type LoginQueueRequest = {
  readonly secret: SecretIdentity
  /** Goes before those that wait, and waits for other urgent ones at most. */
  readonly isUrgent: boolean
}

/** The right to log in once; it counts as under way until its end is reported. */
export type LoginSlot = {
  readonly kind: 'turn'
  /** What speaks against it by now, where it was not taken at once; null if nothing does. */
  refusal(): Refused | null
  /** To be called once, with how it failed, or null if it succeeded. Who gave it up has learnt nothing of the host. */
  end(failure: NotHandedOver | null, hasGivenUp: boolean): void
}

type Waiting = LoginQueueRequest & { readonly answer: (answer: LoginSlot | NotHandedOver) => void }

type UnderWay = LoginQueueRequest & { readonly begunAt: number }

/** Lets the logins of one user on one host go one by one, or a few at once while they succeed, or not at all for a while. */
export class LoginQueue {
  readonly #now: () => number
  readonly #underWay = new Set<UnderWay>()
  readonly #urgent = new Set<Waiting>()
  readonly #others = new Set<Waiting>()
  #history = NO_HISTORY

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Why no login is tried for a while; null if one would be. */
  get pause(): PausedLogin | null {
    return longestPause(this.#history, this.#now())
  }

  /** Waits for a turn, or for what makes it needless. Never rejects. */
  async turn(request: LoginQueueRequest, signal: AbortSignal): Promise<LoginSlot | NotHandedOver> {
    if (signal.aborted) return unreachable('cancelled')
    const { promise, resolve } = Promise.withResolvers<LoginSlot | NotHandedOver>()
    const among = request.isUrgent ? this.#urgent : this.#others
    const giveUp = () => answer(unreachable('cancelled'))
    const answer = (given: LoginSlot | NotHandedOver) => {
      among.delete(waiting)
      signal.removeEventListener('abort', giveUp)
      resolve(given)
    }
    const waiting: Waiting = { ...request, answer }
    signal.addEventListener('abort', giveUp)
    among.add(waiting)
    this.#admit([waiting])
    return await promise
  }

  #admit(candidates: Iterable<Waiting>): void {
    for (const waiting of candidates) {
      const verdict = this.#judge(waiting)
      if (verdict === 'go') waiting.answer(this.#begin(waiting))
      else if (verdict !== 'wait') waiting.answer(verdict)
    }
  }

  #judge({ secret, isUrgent }: LoginQueueRequest): 'go' | 'wait' | Refused {
    const now = this.#now()
    const permission = judgeLogin(this.#history, { secret, isUrgent, now })
    if (typeof permission !== 'string') return permission
    const underWay = [...this.#underWay]
    const alike = underWay.filter((it) => it.secret === secret)
    const isHindered =
      permission === 'freely'
        ? alike.length >= MAX_AT_ONCE
        : underWay.some((it) => !isProven(this.#history, it.secret, now))
    const mayPass = isUrgent && !alike.some((it) => it.isUrgent)
    return isHindered && !mayPass ? 'wait' : 'go'
  }

  #begin({ secret, isUrgent }: LoginQueueRequest): LoginSlot {
    const underWay = { secret, isUrgent, begunAt: this.#now() }
    this.#underWay.add(underWay)
    return {
      kind: 'turn',
      refusal: () => {
        const permission = judgeLogin(this.#history, { secret, isUrgent, now: this.#now() })
        return typeof permission === 'string' ? null : permission
      },
      end: (failure, hasGivenUp) => this.#end(underWay, failure, hasGivenUp),
    }
  }

  #end(ended: UnderWay, failure: NotHandedOver | null, hasGivenUp: boolean): void {
    this.#underWay.delete(ended)
    this.#history = afterLogin(this.#history, failure, { secret: ended.secret, now: this.#now() })
    const waiting = [...this.#urgent, ...this.#others]
    if (failure?.kind === 'unreachable' && !hasGivenUp && this.#holdsForAll(ended, failure)) {
      for (const { answer } of waiting) answer(failure)
    } else this.#admit(waiting)
  }

  /** A host that cannot be reached cannot be reached by the next one either, unless it has let somebody in meanwhile. */
  #holdsForAll({ secret, begunAt }: UnderWay, { transient }: Unreachable): boolean {
    if (transient && isProven(this.#history, secret, this.#now())) return false
    return [...this.#history.proven.values()].every((provenAt) => provenAt < begunAt)
  }
}
