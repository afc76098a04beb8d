import { readFileSync } from 'node:fs'

const STEP_MS = 2
const NS_PER_MS = 1e6

/** What the main thread has waited for a processor so far; always 0 where the kernel does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / NS_PER_MS
  } catch {
    return 0
  }
}

const look = () => ({ at: performance.now(), waitedMs: waitedMs() })

/** Measures how long this process's event loop stalls. What the kernel let it wait for a processor is taken off: others kept it busy. */
export class LoopStall {
  #longestMs = 0
  #last = look()
  readonly #timer = setInterval(() => this.#look(), STEP_MS)

  constructor() {
    this.#timer.unref()
  }

  /** The longest stall since this was asked last; milliseconds. */
  take(): number {
    this.#look()
    const longest = this.#longestMs
    this.#longestMs = 0
    return longest
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = look()
    const stalled = now.at - this.#last.at - STEP_MS - (now.waitedMs - this.#last.waitedMs)
    this.#longestMs = Math.max(this.#longestMs, stalled)
    this.#last = now
  }
}
