import type { RunId } from '../../domain/run.ts'
import type { Clock } from '../../platform/clock.ts'
import { FollowedOutput, type OutputReader, type OutputSecrets } from './followed-output.ts'
import type { OutputCapture } from './output-capture.ts'

/** What passes on what runs print. */
export type LiveOutputsParts = {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>
  readonly secrets: OutputSecrets
}

/** For so long output gathers before it is passed on. */
const GATHER_MS = 20
/** Then it rests for so many times as long as that took: a twentieth of the time is the readers'. */
const REST = 19
/** Bytes of each stream that are passed on at once, to all readers together; more is left out. */
const MOST_AT_ONCE = 1024 * 1024
const [LEAST_OF_RUN, MOST_OF_RUN] = [16 * 1024, 256 * 1024]

/**
 * Passes on what runs print to those who follow them, with secrets replaced. A run that nobody follows costs nothing. Whatever the readers
 * do, a run is not slowed: only so much is passed on as takes little of the time, and what is left out of the rest is told in bytes.
 */
export class LiveOutputs {
  readonly #parts: LiveOutputsParts
  readonly #heard = new Map<RunId, OutputCapture>()
  readonly #followed = new Map<RunId, FollowedOutput>()
  #isPassing = false
  #restUntil = 0

  constructor(parts: LiveOutputsParts) {
    this.#parts = parts
  }

  /** What the run prints is heard here from now on. */
  opened(run: RunId, output: OutputCapture): void {
    this.#heard.set(run, output)
    this.#followed.get(run)?.hear(output)
  }

  /** Nothing comes any more: readers have all that was heard when this returns. */
  ended(run: RunId): void {
    this.#followed.get(run)?.end()
    this.#heard.delete(run)
  }

  /** Whether what the run prints is heard here: not that of one that an earlier process started, or another one watches. */
  isHeard(run: RunId): boolean {
    return this.#heard.has(run)
  }

  /** Gives `reader` what is kept of what the run has printed, and what it prints from now on, until that is disposed of. */
  follow(run: RunId, reader: OutputReader): Disposable {
    const followed = this.#followed.get(run) ?? this.#take(run)
    followed.add(reader)
    return {
      [Symbol.dispose]: () => {
        followed.remove(reader)
        if (followed.readers === 0 && this.#followed.get(run) === followed) this.#followed.delete(run)
      },
    }
  }

  #take(run: RunId): FollowedOutput {
    const { secrets } = this.#parts
    const followed = new FollowedOutput({ secrets, most: () => this.#mostOfRun(), waits: () => this.#passSoon() })
    this.#followed.set(run, followed)
    const heard = this.#heard.get(run)
    if (heard !== undefined) followed.hear(heard)
    return followed
  }

  #mostOfRun(): number {
    const readers = [...this.#followed.values()].reduce((sum, followed) => sum + followed.readers, 0)
    return Math.max(LEAST_OF_RUN, Math.min(MOST_OF_RUN, Math.floor(MOST_AT_ONCE / Math.max(1, readers))))
  }

  #passSoon(): void {
    if (this.#isPassing) return
    this.#isPassing = true
    const { clock } = this.#parts
    void clock.sleep(Math.max(GATHER_MS, this.#restUntil - clock.monotonic())).then(() => this.#pass())
  }

  #pass(): void {
    const { clock } = this.#parts
    this.#isPassing = false
    const began = clock.monotonic()
    for (const followed of this.#followed.values()) followed.pass()
    const now = clock.monotonic()
    this.#restUntil = now + (now - began) * REST
  }
}
