import { ACTIONS, type Action } from '../../domain/action.ts'
import { FIRING_SOURCES, type FiringRow } from '../../domain/history/firing-row.ts'
import { MARKS, type Rollup, unpackRecent } from '../../domain/history/recent.ts'
import type { RunRow } from '../../domain/history/run-row.ts'
import type { FiringTrigger, Job } from '../../domain/job.ts'
import { type Minute, minuteOf, startOf } from '../../domain/minute.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { FiringKind } from '../../domain/reasons/firing-end.ts'
import { type EndCode, endCodeOf, isTrouble } from '../../domain/reasons/reasons.ts'
import type { RollupBrief } from './history-store.ts'
import type { FIRINGS, ROLLUPS, RUNS } from './history-tables.ts'

/** A row as a database takes and gives it. */
export type StoredRow = Readonly<Record<string, string | number | null>>
type Columns<Table extends { readonly columns: object }> = {
  readonly [Name in keyof Table['columns']]: string | number | null
}

/** Texts are cut to what their columns take. */
export function columnsOfFiring(row: FiringRow): Columns<typeof FIRINGS> {
  return {
    id: row.id,
    job_name: cut(row.job.name, 255),
    action: row.job.action,
    due_at: startOf(row.minute),
    first_due_at: startOf(row.first),
    firings: row.count,
    how: row.how,
    actor: row.actor === null ? null : cut(row.actor, 255),
    fired_at: row.firedAt,
    ended_at: row.endedAt,
    outcome: row.kind,
    code: row.code,
    trouble: Number(isTrouble(row.code)),
    reason: row.reason === null ? null : cut(row.reason, 600),
    run: row.run,
    host: row.host === null ? null : cut(row.host, 255),
    exit_code: row.exitCode,
    signal_name: row.signal === null ? null : word(row.signal),
    tried: row.tried,
    hosts: row.of,
    duration_ms: row.durationMs,
    told_by: row.source,
  }
}

export function firingOf(stored: StoredRow): FiringRow {
  return {
    id: text(stored['id']),
    job: jobOf(stored),
    minute: minuteIn(stored['due_at']),
    first: minuteIn(stored['first_due_at']),
    count: Number(stored['firings']),
    how: textOrNull(stored['how']) as FiringTrigger | null,
    actor: textOrNull(stored['actor']),
    firedAt: numberOrNull(stored['fired_at']),
    endedAt: Number(stored['ended_at']),
    kind: kindIn(stored['outcome']),
    code: codeIn(stored['code']),
    reason: textOrNull(stored['reason']),
    run: textOrNull(stored['run']),
    host: textOrNull(stored['host']),
    exitCode: numberOrNull(stored['exit_code']),
    signal: textOrNull(stored['signal_name']),
    tried: numberOrNull(stored['tried']),
    of: numberOrNull(stored['hosts']),
    durationMs: numberOrNull(stored['duration_ms']),
    source: FIRING_SOURCES.find((source) => source === stored['told_by']) ?? 'run',
  }
}

export function columnsOfRun(row: RunRow): Columns<typeof RUNS> {
  const { stdout, stderr } = row.output ?? NOT_KEPT
  return {
    id: row.id,
    firing: row.firing,
    cron_id: row.cron,
    job_name: cut(row.job.name, 255),
    action: row.job.action,
    due_at: startOf(row.minute),
    host: cut(row.host, 255),
    port: row.port,
    user_name: cut(row.user, 255),
    attempt: row.attempt,
    hosts: row.of,
    how: row.how,
    queued_at: row.queuedAt,
    started_at: row.startedAt,
    ended_at: row.endedAt,
    wait_ms: row.waitMs,
    duration_ms: row.durationMs,
    outcome: row.kind,
    code: row.code,
    exit_code: row.exitCode,
    signal_name: row.signal === null ? null : word(row.signal),
    reason: row.reason === null ? null : cut(row.reason, 600),
    adopted: Number(row.isAdopted),
    stdout_bytes: row.stdoutBytes,
    stderr_bytes: row.stderrBytes,
    stdout_head: stdout?.head ?? null,
    stdout_tail: stdout?.tail ?? null,
    stderr_head: stderr?.head ?? null,
    stderr_tail: stderr?.tail ?? null,
  }
}

const NOT_KEPT = { stdout: null, stderr: null }

export function runOf(stored: StoredRow): RunRow {
  const [head, tail] = [textOrNull(stored['stdout_head']), textOrNull(stored['stdout_tail'])]
  const [errorHead, errorTail] = [textOrNull(stored['stderr_head']), textOrNull(stored['stderr_tail'])]
  const streams = {
    stdout: { head: head ?? '', tail: tail ?? '' },
    stderr: { head: errorHead ?? '', tail: errorTail ?? '' },
  }
  return {
    id: text(stored['id']),
    firing: text(stored['firing']),
    cron: Number(stored['cron_id']),
    job: jobOf(stored),
    minute: minuteIn(stored['due_at']),
    host: text(stored['host']),
    port: Number(stored['port']),
    user: text(stored['user_name']),
    attempt: numberOrNull(stored['attempt']),
    of: numberOrNull(stored['hosts']),
    how: textOrNull(stored['how']) as FiringTrigger | null,
    queuedAt: numberOrNull(stored['queued_at']),
    startedAt: numberOrNull(stored['started_at']),
    endedAt: Number(stored['ended_at']),
    waitMs: Number(stored['wait_ms']),
    durationMs: numberOrNull(stored['duration_ms']),
    kind: kindIn(stored['outcome']) as Outcome['kind'],
    code: codeIn(stored['code']),
    exitCode: numberOrNull(stored['exit_code']),
    signal: textOrNull(stored['signal_name']),
    reason: textOrNull(stored['reason']),
    isAdopted: Number(stored['adopted']) === 1,
    stdoutBytes: Number(stored['stdout_bytes']),
    stderrBytes: Number(stored['stderr_bytes']),
    output: head === null && errorHead === null ? null : streams,
  }
}

export function columnsOfRollup(subject: string, rollup: Rollup): Columns<typeof ROLLUPS> {
  const { bar, streak, lastAt, lastKind, lastSuccessAt, p50Ms, p95Ms, packed } = rollup
  return {
    subject,
    bar,
    streak,
    last_at: lastAt,
    last_outcome: lastKind,
    last_success_at: lastSuccessAt,
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    recent: packed,
  }
}

/** A roll-up as far as it is read at once. */
export function briefOf(stored: StoredRow): RollupBrief {
  return {
    streak: Number(stored['streak']),
    lastAt: Number(stored['last_at']),
    lastKind: kindIn(stored['last_outcome']),
    p50Ms: numberOrNull(stored['p50_ms']),
    p95Ms: numberOrNull(stored['p95_ms']),
  }
}

export function rollupOf(stored: StoredRow): Rollup {
  const packed = text(stored['recent'])
  return {
    ...briefOf(stored),
    recent: unpackRecent(packed, Number(stored['last_at'])),
    packed,
    bar: text(stored['bar']),
    lastSuccessAt: numberOrNull(stored['last_success_at']),
  }
}

function jobOf(stored: StoredRow): Job {
  const action: Action = ACTIONS.find((known) => known === stored['action']) ?? 'failover'
  return { name: text(stored['job_name']), action }
}

/** What a later rcron may have written counts as unknown. */
function kindIn(value: StoredRow[string] | undefined): FiringKind {
  return Object.hasOwn(MARKS, text(value)) ? (value as FiringKind) : 'unknown'
}

function codeIn(value: StoredRow[string] | undefined): EndCode {
  return endCodeOf(text(value)) ?? 'INTERNAL_ERROR'
}

function minuteIn(value: StoredRow[string] | undefined): Minute {
  return minuteOf(Number(value))
}

function text(value: StoredRow[string] | undefined): string {
  return String(value ?? '')
}

function textOrNull(value: StoredRow[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

function numberOrNull(value: StoredRow[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

/** Never half a character. */
function cut(value: string, characters: number): string {
  return value.length <= characters ? value.toWellFormed() : value.slice(0, characters).toWellFormed()
}

/** The column takes ASCII. */
function word(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 32)
}
