/** Pauses between attempts: each twice as long as the one before, up to a limit. Milliseconds. */
export type Pauses = { readonly firstMs: number; readonly longestMs: number }

/** The pause after `times` + 1 attempts in vain. */
export function pauseAfter({ firstMs, longestMs }: Pauses, times: number): number {
  return Math.min(firstMs * 2 ** times, longestMs)
}

/** Counts attempts in vain. */
export class BackOff {
  readonly #pauses: Pauses
  #times = 0

  constructor(pauses: Pauses) {
    this.#pauses = pauses
  }

  /** Whether an attempt was in vain since the last one that was not. */
  get isUnderWay(): boolean {
    return this.#times > 0
  }

  /** The pause after one more attempt in vain. */
  next(): number {
    this.#times += 1
    return pauseAfter(this.#pauses, this.#times - 1)
  }

  /** An attempt was not in vain. */
  reset(): void {
    this.#times = 0
  }
}
