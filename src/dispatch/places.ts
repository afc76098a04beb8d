/** So many places, first come first served. Who stops waiting leaves nothing behind, which a p-limit does not offer. */
export class Places {
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
