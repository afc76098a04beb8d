import type { Cron } from './cron.ts'
import type { Minute } from './minute.ts'
import type { Outcome } from './outcome.ts'

/** 32 lower-case hex digits. */
export type RunId = string

/** One cron carried out on its host for one firing. */
export type Run = {
  readonly id: RunId
  readonly cron: Cron
  readonly minute: Minute
}

/** What the host said of a run when it began: how to find its processes again. All parts are untrusted text. */
export type RunTrace = {
  /** The run's first process, which leads its process group. */
  readonly pid: number
  /** Field 22 of `/proc/PID/stat` (clock ticks since boot), or `ps -o lstart` where there is no /proc. */
  readonly start: string
  /** The host's boot id; `-` where unknown. */
  readonly boot: string
  /** The run's control group; `-` where unknown. */
  readonly cgroup: string
}

/** Head and tail of what a run printed, stdout and stderr interleaved as they came, within a bound. */
export type CapturedOutput = {
  readonly head: string
  readonly tail: string
  /** Bytes left out between head and tail. */
  readonly omittedBytes: number
  readonly stdoutBytes: number
  readonly stderrBytes: number
  /** Each stream alone: how they lay between each other is not known for certain. */
  readonly streams: StreamExcerpts
}

/** The first and the last of what came on each stream; where nothing was left out in between, all is in the head. */
export type StreamExcerpts = { readonly stdout: StreamExcerpt; readonly stderr: StreamExcerpt }
/** The same of one stream. */
export type StreamExcerpt = { readonly head: string; readonly tail: string }

const EMPTY: StreamExcerpt = { head: '', tail: '' }

export const NO_OUTPUT: CapturedOutput = {
  head: '',
  tail: '',
  omittedBytes: 0,
  stdoutBytes: 0,
  stderrBytes: 0,
  streams: { stdout: EMPTY, stderr: EMPTY },
}

/** How a run ended, with all that is kept of it. */
export type RunResult = {
  readonly outcome: Outcome
  readonly output: CapturedOutput
  /** Epoch milliseconds; null if the run never began. */
  readonly startedAt: number | null
  /** Milliseconds between start and end; null if the run never began or its length was not seen. */
  readonly durationMs: number | null
  /** Epoch milliseconds; absent: when that was heard, or it is not known. */
  readonly endedAt?: number
  /** Its host has proved that it ended before any kill came. False if that is not known. */
  readonly endedByItself: boolean
}

/** Of a run that has begun at `startedAt`, or never, and of which nothing else is known. */
export function resultWithoutOutput(outcome: Outcome, startedAt: number | null = null): RunResult {
  return { outcome, output: NO_OUTPUT, startedAt, durationMs: null, endedByItself: false }
}
