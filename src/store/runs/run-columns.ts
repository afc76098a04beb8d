import { escapeBlock } from '../../platform/log/escape-text.ts'
import type { RunRecord } from './run-recorder.ts'

/** A record as its columns take it. */
export type RunColumns = {
  /** UTC. */
  readonly last_run: string
  /** Seconds, with two places. */
  readonly duration: number | null
  readonly errors: string | null
}

const ERRORS_CHARACTERS = 255
/** double(8,2). */
const LONGEST_SECONDS = 999_999.99
/** What a `timestamp` column holds: 1970-01-01 00:00:01 to 2038-01-19 03:14:07. */
const FIRST_MS = 1_000
const LAST_MS = 2_147_483_647_000

/** Pure: fits a record into the columns of the first rcron. */
export function writtenRunOf({ lastRun, durationMs, errors }: RunRecord): RunColumns {
  const instant = new Date(Math.min(Math.max(lastRun, FIRST_MS), LAST_MS))
  return {
    last_run: instant.toISOString().slice(0, 19).replace('T', ' '),
    duration: durationMs === null ? null : secondsOf(durationMs),
    errors: errors === null ? null : cut(errors),
  }
}

/** The same in characters that every character set has. */
export function plainOf(written: RunColumns): RunColumns {
  const { errors } = written
  return { ...written, errors: errors?.replace(/[^\n\t\x20-\x7e]/gu, '?') ?? null }
}

function secondsOf(durationMs: number): number {
  return Math.min(Math.max(Math.round(durationMs / 10) / 100, 0), LONGEST_SECONDS)
}

/** The first 255 characters, never half of one; what could move a terminal, or end a text as NUL does, is made visible. */
function cut(errors: string): string {
  const whole = escapeBlock(errors.slice(0, ERRORS_CHARACTERS * 4))
  if (whole.length <= ERRORS_CHARACTERS) return whole
  return [...whole.slice(0, ERRORS_CHARACTERS * 2)].slice(0, ERRORS_CHARACTERS).join('').toWellFormed()
}
