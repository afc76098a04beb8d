import type { Clock } from '../../src/platform/clock.ts'

/** The machine's own time, for tests that talk to real servers. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((wake) => {
      if (signal?.aborted) {
        wake()
        return
      }
      const woken = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', woken)
        wake()
      }
      const timer = setTimeout(woken, ms)
      signal?.addEventListener('abort', woken)
    }),
}
