import { ACTIONS, actionOf } from '../../domain/action.ts'
import { CATCH_UPS, type Cron, ON_LOSTS } from '../../domain/cron.ts'
import type { Problem } from '../../domain/problem.ts'
import type { AuthRow, CronRow, SystemRow } from '../../domain/rows.ts'
import type { ParsedSchedule } from '../../schedule/parse/parse-schedule.ts'
import { quote } from '../../schedule/parse/schedule-finding.ts'
import type { Schedule } from '../../schedule/schedule.ts'
import { isTimezone } from '../../schedule/timezone.ts'
import { flagProblems, limitProblems } from './judge-limits.ts'
import { textProblems } from './judge-text.ts'
import { type RowFinding, refuse } from './row-finding.ts'

/** What a cron's row refers to, and what is assumed where it says nothing. */
export type JudgingContext = {
  /** All auths and systems by id; null for one that is there and cannot be used. */
  readonly auths: ReadonlyMap<number, AuthRow | null>
  readonly systems: ReadonlyMap<number, SystemRow | null>
  readonly defaultTimezone: string
  readonly parse: (row: CronRow) => ParsedSchedule
}

/** A row's cron and its schedule, or null if a problem is an error. */
export type JudgedCron = {
  readonly cron: Cron | null
  readonly schedule: Schedule | null
  readonly problems: readonly Problem[]
}

const DEFAULT_KILL_GRACE_S = 10
const MS_PER_SECOND = 1000

/** Judges what a row means; all of its problems at once. */
export function judgeCron(row: CronRow, context: JudgingContext): JudgedCron {
  const { schedule, findings: ofSchedule } = context.parse(row)
  const findings = [
    ...textProblems(row),
    ...ofSchedule,
    ...referenceProblems(row, context),
    ...choiceProblems(row),
    ...limitProblems(row),
  ]
  const about = { kind: 'cron', id: row.id, name: printable(row.cron_name) } as const
  const problems = findings.map((finding) => ({ about, ...finding }))
  const isSound = !findings.some(({ severity }) => severity === 'error')
  return isSound ? { cron: cronOf(row, context), schedule, problems } : { cron: null, schedule: null, problems }
}

/** The name without quotes, its control characters escaped. */
function printable(name: string): string {
  return quote(name).slice(1, -1)
}

function referenceProblems(row: CronRow, { auths, systems }: JudgingContext): readonly RowFinding[] {
  return [...reference('host', row.host, systems, 'system'), ...reference('user', row.user, auths, 'auth')]
}

function reference(field: string, id: number, rows: ReadonlyMap<number, unknown>, noun: string): readonly RowFinding[] {
  const found = rows.get(id)
  if (found === undefined) return [refuse(field, `${id} is not the id of any ${noun}`, `see "rcron ${noun} list"`)]
  return found === null ? [refuse(field, `${noun} ${id} cannot be used`, `correct that ${noun}`)] : []
}

function choiceProblems(row: CronRow): readonly RowFinding[] {
  const actions = ACTIONS.map((name, number) => `${number} (${name})`).join(', ')
  return [
    ...(actionOf(row.action) === undefined
      ? [refuse('action', `${row.action}, expected one of ${actions}`, null)]
      : []),
    ...timezoneProblems(row.timezone),
    ...choice('catch_up', row.catch_up, CATCH_UPS),
    ...choice('on_lost', row.on_lost, ON_LOSTS),
    ...flagProblems(row),
  ]
}

function timezoneProblems(timezone: string | null): readonly RowFinding[] {
  if (timezone === null || isTimezone(timezone)) return []
  return [refuse('timezone', `${quote(timezone)}, expected the IANA name of a time zone, such as Europe/Berlin`, null)]
}

function choice(field: string, value: string | null, choices: readonly string[]): readonly RowFinding[] {
  if (value === null || choices.includes(value)) return []
  return [refuse(field, `${quote(value)}, expected ${choices.join(' or ')}`, null)]
}

function cronOf(row: CronRow, { auths, systems, defaultTimezone }: JudgingContext): Cron | null {
  const action = actionOf(row.action)
  const system = systems.get(row.host)
  const auth = auths.get(row.user)
  if (action === undefined || !system || !auth) return null
  return {
    id: row.id,
    name: row.cron_name,
    command: row.cron_path,
    action,
    enabled: row.enabled !== 0,
    system,
    auth,
    expression: [row.cron_min, row.cron_hour, row.cron_dom, row.cron_mon, row.cron_dow].join(' '),
    timezone: row.timezone ?? defaultTimezone,
    catchUp: CATCH_UPS.find((it) => it === row.catch_up) ?? 'none',
    latestStartMin: row.latest_start_min,
    onLost: ON_LOSTS.find((it) => it === row.on_lost) ?? 'stop',
    timeoutMs: row.timeout_s === null ? null : row.timeout_s * MS_PER_SECOND,
    killGraceMs: (row.kill_grace_s ?? DEFAULT_KILL_GRACE_S) * MS_PER_SECOND,
    ownConnection: row.own_connection === 1,
    keepOutput: row.keep_output === 1,
  }
}
