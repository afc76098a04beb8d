import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { monotonicMs } from './monotonic.ts'

/** What a timer of Node can hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now()
  }

  monotonic(): number {
    return monotonicMs()
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    let left = Math.max(0, ms)
    while (left > LONGEST_TIMER_MS && signal?.aborted !== true) {
      await pause(LONGEST_TIMER_MS, signal)
      left -= LONGEST_TIMER_MS
    }
    await pause(left, signal)
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    if (signal?.aborted !== true) throw error
  }
}
