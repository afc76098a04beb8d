/** How many runs may be active at once. */
export type ThrottleLimits = { readonly runs: number; readonly runsPerHost: number }

/** Which slots are all taken: those of a run's host, or those of all hosts together. */
export type SlotLimit = { readonly kind: 'host' | 'runs'; readonly most: number }

/** A run's slot under the throttle, or its wait for one. */
export type Slot = {
  /** Whether the slot was free at once. */
  readonly wasFree: boolean
  /** Which limit it waits for; null if none. */
  readonly limit: SlotLimit | null
  /** Resolves when the slot is granted; never after `leave`. */
  readonly granted: Promise<void>
  /** Releases the slot, or stops waiting for it; may be called more than once. */
  readonly release: () => void
}

/**
 * Admits runs, first come first served: per host, and of those all together. A run waits for its host first, so that a
 * crowded host holds no place of the others. Kills and probes do not pass here.
 */
export class Throttle {
  readonly #perHost: number
  readonly #most: number
  readonly #all: Places
  readonly #hosts = new Map<string, Places>()

  constructor({ runs, runsPerHost }: ThrottleLimits) {
    this.#most = runs
    this.#all = new Places(runs)
    this.#perHost = runsPerHost
  }

  enter(host: string): Slot {
    const { promise, resolve } = Promise.withResolvers<void>()
    const places = this.#placesOf(host)
    let limit: SlotLimit | null = { kind: 'host', most: this.#perHost }
    let leaveAll = () => {}
    const take = () => {
      limit = null
      resolve()
    }
    const leaveHost = places.enter(() => {
      limit = { kind: 'runs', most: this.#most }
      leaveAll = this.#all.enter(take)
    })
    const leave = () => {
      leaveAll()
      leaveHost()
      if (places.isEmpty && this.#hosts.get(host) === places) this.#hosts.delete(host)
    }
    return {
      wasFree: limit === null,
      get limit() {
        return limit
      },
      granted: promise,
      release: leave,
    }
  }

  #placesOf(host: string): Places {
    const known = this.#hosts.get(host)
    if (known !== undefined) return known
    const places = new Places(this.#perHost)
    this.#hosts.set(host, places)
    return places
  }
}

/** So many places, first come first served. Who stops waiting leaves nothing behind, which a p-limit does not offer. */
class Places {
  readonly #most: number
  readonly #waiting = new Set<() => void>()
  #occupied = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Whether nobody is here, nor waits. */
  get isEmpty(): boolean {
    return this.#occupied === 0
  }

  /** Calls `take` as soon as there is a place, at once where there is one; returns how to leave it, or the queue for it. */
  enter(take: () => void): () => void {
    let hasLeft = false
    const occupy = () => {
      this.#occupied += 1
      take()
    }
    if (this.#occupied < this.#most) occupy()
    else this.#waiting.add(occupy)
    return () => {
      if (hasLeft) return
      hasLeft = true
      if (!this.#waiting.delete(occupy)) this.#free()
    }
  }

  #free(): void {
    this.#occupied -= 1
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waiting.delete(next)
    next()
  }
}
