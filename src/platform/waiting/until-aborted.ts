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
