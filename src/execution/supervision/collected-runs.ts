import type { RunId } from '../../domain/run.ts'

/** An outcome is recorded, and the run's lock removed, within so long. Milliseconds. */
const RECORDED_AFTER_MS = 30_000
/** More than these are left to the host's own sweeping. */
const MOST_WAITING = 10_000

type Collected = { readonly id: RunId; readonly at: number }

/** Runs whose outcome is known, by login, until the next command to the same login tells the host that their traces may go. */
export class CollectedRuns {
  readonly #waiting = new Map<string, Collected[]>()
  #count = 0

  /** `now` in milliseconds that only rise. */
  add(login: string, id: RunId, now: number): void {
    if (this.#count >= MOST_WAITING) return
    const there = this.#waiting.get(login)
    if (there === undefined) this.#waiting.set(login, [{ id, at: now }])
    else there.push({ id, at: now })
    this.#count += 1
  }

  /** At most `most` runs of `login`, the oldest first; each is given out once. */
  take(login: string, most: number, now: number): readonly RunId[] {
    const there = this.#waiting.get(login)
    const [oldest] = there ?? []
    if (there === undefined || oldest === undefined || now - oldest.at < RECORDED_AFTER_MS) return NONE
    const young = there.findIndex(({ at }) => now - at < RECORDED_AFTER_MS)
    const taken = there.splice(0, Math.min(most, young === -1 ? there.length : young))
    if (there.length === 0) this.#waiting.delete(login)
    this.#count -= taken.length
    return taken.map(({ id }) => id)
  }
}

const NONE: readonly RunId[] = []
