import type { Clock } from '../clock.ts'

/** Why a waiting was ended: without a reason given, each abort makes an error with its stack. */
export const DONE = 'no longer needed'

/**
 * What `work` resolves with, or null when `ms` have passed, or `signal` aborts, before it does; what it comes to then is of no interest.
 * Rejects as `work` does.
 */
export async function within<Result>(
  clock: Pick<Clock, 'sleep'>,
  ms: number,
  work: Promise<Result>,
  signal?: AbortSignal,
): Promise<Result | null> {
  const done = new AbortController()
  const over = signal === undefined ? done.signal : AbortSignal.any([signal, done.signal])
  try {
    return await Promise.race([work, clock.sleep(ms, over).then(() => null)])
  } finally {
    done.abort(DONE)
  }
}

/** What `work` resolves with, or null as soon as `signal` aborts; what it comes to then is of no interest. */
export async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result | null> {
  if (signal.aborted) return null
  const aborted = Promise.withResolvers<null>()
  const abort = () => aborted.resolve(null)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
