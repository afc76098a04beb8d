import type { Cron } from '../../domain/cron.ts'
import type { AuditRow } from '../../domain/history/audit-row.ts'
import { MARKS, type Rollup } from '../../domain/history/recent.ts'
import type { Job } from '../../domain/job.ts'
import type { Minute } from '../../domain/minute.ts'
import { describeDuration } from '../../domain/words.ts'
import { describeTime, describeWait } from '../shared/describe-time.ts'
import type { LocalMoment } from '../shared/job-times.ts'
import { nameOfHost } from '../shared/name-of-host.ts'
import { severalOf } from '../shared/several-of.ts'

/** One row of a job as its page shows it. */
export type PageRow = {
  readonly id: number
  /** Null if the row cannot be used. */
  readonly cron: Cron | null
  readonly isEnabled: boolean
  readonly next: Minute | null
  /** What may be seen of its columns. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly rollup: Rollup | null
}

/** A job, or one row of it: all that its page is made of. */
export type JobPage = {
  readonly job: Job
  /** None where the job was removed, and its history is left. */
  readonly rows: readonly PageRow[]
  readonly rollup: Rollup | null
  readonly zone: string
  /** Of its rows, the newest first. */
  readonly changes: readonly AuditRow[]
}

/** What is said above the bar, by name; what does not apply is left out. Pure. */
export function pageFields(page: JobPage, now: Minute, at: LocalMoment): Readonly<Record<string, unknown>> {
  const { job, rows, rollup, zone } = page
  const of = (name: string) => severalOf([...new Set(rows.map(({ fields }) => fields[name] ?? null))])
  const due = rows.reduce<PageRow | null>((first, row) => earlier(first, row), null)
  const all: readonly (readonly [string, unknown])[] = [
    ['job', `${job.name} (${job.action})`],
    ['state', stateOf(page)],
    ['description', of('description')],
    ['owner', of('owner')],
    ['tags', tagsOf(rows)],
    ['schedule', rows.length === 0 ? null : `${of('schedule')} in ${zone}`],
    ['command', of('cron_path')],
    ['hosts', hostsOf(rows)],
    ['user', severalOf([...new Set(rows.map(({ fields }) => fields['user_name'] ?? fields['user'] ?? null))])],
    ['limits', limitsOf(rows[0]?.cron ?? null)],
    ['next', due?.next == null ? null : `${describeTime(due.next, zone)}, in ${describeWait(now, due.next)}`],
    ['last', rollup === null ? null : `${at(rollup.lastAt, zone)}, ${rollup.lastKind}`],
    ['last success', rollup?.lastSuccessAt == null ? null : at(rollup.lastSuccessAt, zone)],
    ['usual', rollup === null ? null : usualOf(rollup)],
  ]
  return Object.fromEntries(all.filter(([, value]) => value !== null && value !== ''))
}

function earlier(first: PageRow | null, row: PageRow): PageRow | null {
  if (row.next === null) return first
  return first?.next == null || row.next < first.next ? row : first
}

/** How it is: what keeps it from running, else how its last firings ended. */
export function stateOf({ rows, rollup }: Pick<JobPage, 'rows' | 'rollup'>): string {
  const enabled = rows.filter(({ isEnabled }) => isEnabled).length
  const unusable = rows.filter(({ cron, isEnabled }) => cron === null && isEnabled).length
  return [
    ...(rows.length === 0 ? ['removed'] : []),
    ...(unusable > 0 ? [`${countOf(unusable, rows.length)}unusable ("rcron check")`] : []),
    ...(enabled < rows.length ? [`${countOf(rows.length - enabled, rows.length)}disabled`] : []),
    rollup === null ? 'never ran' : describeStreak(rollup),
  ].join(', ')
}

function countOf(count: number, all: number): string {
  return count === all ? '' : `${count} of ${all} rows `
}

/** `succeeded, 12 in a row`. */
function describeStreak({ lastKind, streak }: Rollup): string {
  const length = Math.abs(streak)
  return length > 1 ? `${lastKind}, ${length} ${streak < 0 ? 'bad ends ' : ''}in a row` : lastKind
}

function tagsOf(rows: readonly PageRow[]): string | null {
  const tags = new Set(rows.flatMap(({ cron }) => cron?.tags ?? []))
  return tags.size === 0 ? null : [...tags].join(', ')
}

const NAMED_HOSTS = 8

function hostsOf(rows: readonly PageRow[]): string | null {
  const hosts = [...new Set(rows.map(({ fields }) => nameOfHost(fields)))]
  const more = hosts.length > NAMED_HOSTS ? ` and ${hosts.length - NAMED_HOSTS} more` : ''
  return hosts.length === 0 ? null : `${hosts.slice(0, NAMED_HOSTS).join(', ')}${more}`
}

function limitsOf(cron: Cron | null): string | null {
  if (cron === null) return null
  const { timeoutMs, latestStartMin, catchUp, onLost } = cron
  return [
    ...(timeoutMs === null ? [] : [`time-out ${describeDuration(timeoutMs)}`]),
    ...(latestStartMin === null ? [] : [`begins ${latestStartMin} m late at most`]),
    ...(catchUp === 'none' ? [] : [`catches up: ${catchUp}`]),
    ...(onLost === 'stop' ? [] : [`when lost: ${onLost}`]),
  ].join(', ')
}

/** How long it takes; null where it never succeeded. */
function usualOf({ p50Ms, p95Ms }: Pick<Rollup, 'p50Ms' | 'p95Ms'>): string | null {
  return p50Ms === null ? null : `${describeDuration(p50Ms)}, 95 of 100 within ${describeDuration(p95Ms)}`
}

/** What the marks of a bar mean that are in it, and how often they are: `57 succeeded (.), 2 failed (F)`. */
export function legendOf(bar: string): string {
  const counts = Object.entries(MARKS).map(([kind, mark]) => ({ kind, mark, count: bar.split(mark).length - 1 }))
  const there = counts.filter(({ count }) => count > 0)
  return there.map(({ kind, mark, count }) => `${count} ${kind} (${mark})`).join(', ')
}

const CHANGES = 5

/** Changes that were made together are one: when, who, what, and of how many rows. The newest few, and first. */
export function changeLines(
  changes: readonly AuditRow[],
  zone: string,
  at: LocalMoment,
): readonly (readonly unknown[])[] {
  const together = Map.groupBy(changes, (row) => JSON.stringify([row.at, row.actor, row.action, row.was, row.became]))
  return [...together.values()].slice(0, CHANGES).map((rows) => {
    const [first] = rows
    const several = rows.length === 1 ? '' : ` (${rows.length} rows)`
    return first === undefined
      ? []
      : [at(first.at, zone), first.actor, first.action, `${describeChange(first)}${several}`]
  })
}

/** `timeout_s 3600 → 7200`; of a row that was added or removed nothing more than that. */
function describeChange({ action, subject, was, became }: AuditRow): string {
  const [before, after] = [columnsIn(was), columnsIn(became)]
  if (before === null || after === null) return subject
  const changed = Object.keys(after).filter((name) => before[name] !== after[name])
  const said = changed.map((name) => `${name} ${shown(before[name])} → ${shown(after[name])}`)
  return said.length === 0 ? `${action} ${subject}` : said.join(', ')
}

function columnsIn(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>> | null)
      : null
  } catch {
    return null // Somebody wrote there by hand.
  }
}

const SHOWN = 60

function shown(value: unknown): string {
  const text = value === null || value === undefined ? 'null' : String(value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1).toWellFormed()}…` : text
}
