import { constants } from 'node:os'
import type { Outcome } from '../../domain/outcome.ts'
import type { CommandEnd } from '../../hosts/transport.ts'

/** How a command ended, as its host wrote it down: 0–255, and the signal where the host's shell tells it from an exit code. */
export type HostStatus = { readonly exitCode: number; readonly signal: number | null }

const NAMES = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))
const FIRST_REAL_TIME = 34
const LAST_SIGNAL = 64

/** `SIGTERM` for 15, `SIGRTMIN+2` for 36: by the numbers of Linux. */
function signalName(number: number): string {
  return NAMES.get(number) ?? (number >= FIRST_REAL_TIME ? `SIGRTMIN+${number - FIRST_REAL_TIME}` : `SIG${number}`)
}

/** The outcome of a run that nobody ended, by what its session ended with: by the same rule, supervised or not. */
export function outcomeOfEnd(end: Exclude<CommandEnd, { readonly kind: 'broken' }>): Outcome {
  return end.kind === 'signaled' ? end : outcomeOfStatus({ exitCode: end.code, signal: null })
}

/**
 * The outcome of a run that ended by itself. Most shells say 128 + n both for a command ended by signal n and for one that
 * exits with that number; a command that does the latter is telling of a signal too, so both are `signaled`.
 */
export function outcomeOfStatus({ exitCode, signal }: HostStatus): Outcome {
  if (exitCode === 0) return { kind: 'succeeded' }
  const number = signal ?? (exitCode > 128 && exitCode <= 128 + LAST_SIGNAL ? exitCode - 128 : null)
  return number === null ? { kind: 'failed', exitCode } : { kind: 'signaled', signal: signalName(number) }
}
