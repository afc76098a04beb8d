import { actionOf } from '../../domain/action.ts'
import { CRON_COLUMNS } from '../../domain/columns/crons.ts'
import type { Cron } from '../../domain/cron.ts'
import type { Problem } from '../../domain/problem.ts'
import type { AuthRow, CronRow, SystemRow } from '../../domain/rows.ts'
import { isTimezone } from '../../domain/timezone-name.ts'
import type { ParsedSchedule } from '../../schedule/parse/parse-schedule.ts'
import { quote } from '../../schedule/parse/schedule-finding.ts'
import type { Schedule } from '../../schedule/schedule.ts'
import { cronOf } from './cron-of.ts'
import { rowJudge } from './judge-columns.ts'
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

const ofColumns = rowJudge(CRON_COLUMNS)

/** Judges what a row means; all of its problems at once. */
export function judgeCron(row: CronRow, context: JudgingContext): JudgedCron {
  const { schedule, findings: ofSchedule } = context.parse(row)
  const findings = [
    ...textProblems(row),
    ...ofSchedule,
    ...referenceProblems(row, context),
    ...ofColumns(row),
    ...timezoneProblems(row.timezone),
  ]
  const problems = findings.length === 0 ? NOTHING_WRONG : problemsOf(row, findings)
  const isSound = !findings.some(({ severity }) => severity === 'error')
  return isSound ? { cron: soundCron(row, context), schedule, problems } : { cron: null, schedule: null, problems }
}

const NOTHING_WRONG: readonly Problem[] = []

function problemsOf(row: CronRow, findings: readonly RowFinding[]): readonly Problem[] {
  const about = { kind: 'cron', id: row.id, name: printable(row.cron_name) } as const
  return findings.map((finding) => ({ about, ...finding }))
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

function timezoneProblems(timezone: string | null): readonly RowFinding[] {
  // One that is too long for its column is refused as that.
  if (timezone === null || timezone.length > CRON_COLUMNS.timezone.length || isTimezone(timezone)) return []
  return [refuse('timezone', `${quote(timezone)}, expected the IANA name of a time zone, such as Europe/Berlin`, null)]
}

function soundCron(row: CronRow, { auths, systems, defaultTimezone }: JudgingContext): Cron | null {
  const action = actionOf(row.action)
  const system = systems.get(row.host)
  const auth = auths.get(row.user)
  return action && system && auth ? cronOf(row, { action, system, auth, defaultTimezone }) : null
}
