import { InvalidInputError } from '../../domain/errors.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import { describeMinute, startOf } from '../../domain/minute.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { describeReason } from '../../domain/reasons/reasons.ts'
import { describeDuration } from '../../domain/words.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { withStore } from '../shared/open-store.ts'
import { localTime, SHORT_ID } from './describe-firing.ts'
import { findRun, type WhichRun } from './find-run.ts'
import { type KeptStream, keptOutputOf } from './kept-output.ts'

/** Options of `rcron logs`. */
export type LogsOptions = {
  readonly host?: string
  readonly attempt?: string
  readonly raw?: boolean
  readonly json?: boolean
}

/** Prints what is kept of what a run has printed. */
export async function logs(context: CommandContext, word: string, options: LogsOptions): Promise<ExitCode> {
  const which: WhichRun = { host: options.host ?? null, attempt: attemptOf(options.attempt) }
  return await withStore<ExitCode>(context, async (opened) => {
    const { run, unasked } = await findRun(opened, word, which)
    const output = new Output(context)
    for (const { message } of unasked) output.note(`There may be a later run: ${message}`)
    if (options.json === true) output.json(printed(run))
    else if (options.raw === true) printRaw(output, run)
    else printReport(output, run, opened.settings.config.timezone)
    return 0
  })
}

function attemptOf(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  const message = `found ${JSON.stringify(text)}, expected a whole number from 1`
  throw new InvalidInputError([errorAbout(aboutOption('--attempt'), message)])
}

function printed(run: RunRow) {
  const kept = keptOutputOf(run)
  const instant = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return {
    schema: 'rcron.logs.v1',
    generated: instant(Date.now()),
    run: run.id,
    firing: run.firing,
    job: run.job.name,
    action: run.job.action,
    cron: run.cron,
    host: run.host,
    port: run.port,
    user: run.user,
    due: instant(startOf(run.minute)),
    attempt: run.attempt,
    hosts: run.of,
    started: instant(run.startedAt),
    ended: instant(run.endedAt),
    duration_ms: run.durationMs,
    outcome: run.kind,
    code: run.code,
    exit_code: run.exitCode,
    signal: run.signal,
    reason: run.reason,
    kept: kept !== null,
    stdout: printedStream(kept?.stdout ?? null, run.stdoutBytes),
    stderr: printedStream(kept?.stderr ?? null, run.stderrBytes),
  }
}

function printedStream(kept: KeptStream | null, bytes: number) {
  if (kept === null) return { bytes, omitted_bytes: bytes, head: null, tail: null }
  return { bytes, omitted_bytes: kept.omittedBytes, head: kept.head, tail: kept.tail }
}

/** Each stream to its own; what rcron has to say about it to standard error. */
function printRaw(output: Output, run: RunRow): void {
  const kept = keptOutputOf(run)
  if (kept === null) {
    output.note(whyNothing(run))
    return
  }
  for (const on of ['stdout', 'stderr'] as const) {
    const { head, tail, omittedBytes } = kept[on]
    output.block(on, head, true)
    if (omittedBytes > 0) output.note(`rcron: ${omittedBytes} bytes of ${on} are left out here`)
    output.block(on, tail, true)
  }
}

function printReport(output: Output, run: RunRow, timezone: string): void {
  output.line(styled('bold', describeRun(run, timezone)))
  const kept = keptOutputOf(run)
  if (kept === null) {
    output.line(whyNothing(run))
    return
  }
  for (const on of ['stdout', 'stderr'] as const) {
    const { head, tail, bytes, omittedBytes } = kept[on]
    if (head === '') continue
    output.line(styled('bold', `${on}, ${bytes} bytes:`))
    output.block('stdout', ended(head))
    if (omittedBytes > 0) output.line(styled('dim', `[${omittedBytes} bytes left out]`))
    output.block('stdout', ended(tail))
  }
}

/** `dump on db1 at 2026-03-01T12:00Z, run 1c04aa31, took 14 s: It succeeded on db1.` */
function describeRun(run: RunRow, timezone: string): string {
  const { id, job, host, user, minute, startedAt, durationMs, code, reason, exitCode, signal } = run
  const when =
    startedAt === null ? `due at ${localTime(startOf(minute), timezone)}` : `at ${localTime(startedAt, timezone)}`
  const took = durationMs === null ? '' : `, took ${describeDuration(durationMs)}`
  const fields = { job: job.name, host, user, minute: describeMinute(minute), reason, exitCode, signal, tried: null }
  return `${job.name} on ${host} ${when}, run ${id.slice(0, SHORT_ID)}${took}: ${describeReason(code, fields)}`
}

function whyNothing({ startedAt, stdoutBytes, stderrBytes }: RunRow): string {
  if (startedAt === null) return 'It did not begin, and printed nothing.'
  const bytes = stdoutBytes + stderrBytes
  if (bytes === 0) return 'It printed nothing.'
  return `It printed ${bytes} bytes, and none of them is kept: the column keep of its cron says so, or the journal was full while the store was away.`
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
