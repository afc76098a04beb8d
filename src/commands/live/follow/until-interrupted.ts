import type { CommandContext } from '../../cli/context.ts'

/** What ends the reading of a feed, for as long as this is not disposed of. */
export type Interruption = Disposable & {
  /** Aborts when somebody interrupts the command, or nobody reads what it prints. */
  readonly signal: AbortSignal
  /** Whether it was the former. */
  readonly isInterrupted: () => boolean
  /** Ends it for another reason. */
  readonly end: () => void
}

/** Lets the command end in its own words where it is interrupted. */
export function untilInterrupted({ stdout }: Pick<CommandContext, 'stdout'>): Interruption {
  const over = new AbortController()
  let isInterrupted = false
  const interrupt = () => {
    isInterrupted = true
    over.abort()
  }
  const end = () => over.abort()
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  stdout.once('error', end)
  return {
    signal: over.signal,
    isInterrupted: () => isInterrupted,
    end,
    [Symbol.dispose]: () => {
      over.abort()
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
      stdout.off('error', end)
    },
  }
}
