import { MOST_WINDOW_MINUTES, PAUSE_KINDS, type PauseRow } from '../../../domain/pauses/pause-row.ts'
import type { Problem } from '../../../domain/problem.ts'
import { isTimezone } from '../../../domain/timezone-name.ts'
import { parseExpression } from '../../../schedule/parse/parse-expression.ts'
import { quote } from '../../../schedule/parse/schedule-finding.ts'
import { zoneOf } from '../../../schedule/timezone.ts'
import { type RowFinding, refuse } from '../row-finding.ts'
import type { Pause, PauseWindow } from './pause.ts'

/** The pauses of `rows` that can be used, and what is wrong with the others: a row that cannot be read pauses nothing. */
export function judgePauses(
  rows: readonly PauseRow[],
  defaultTimezone: string,
): { readonly pauses: readonly Pause[]; readonly problems: readonly Problem[] } {
  const judged = rows.map((row) => ({ row, ...judgeWindow(row, defaultTimezone), kind: kindFindings(row) }))
  const problems = judged.flatMap(({ row, findings, kind }) =>
    [...kind, ...findings].map((finding): Problem => ({ about: { kind: 'pause', id: row.id }, ...finding })),
  )
  const sound = judged.filter(({ findings, kind }) => findings.length + kind.length === 0)
  return { pauses: sound.map(({ row, window }) => ({ row, window })), problems }
}

/** All that keeps a row from pausing anything. */
export function pauseFindings(row: PauseRow, defaultTimezone: string): readonly RowFinding[] {
  return [...kindFindings(row), ...judgeWindow(row, defaultTimezone).findings]
}

function kindFindings({ kind, until }: PauseRow): readonly RowFinding[] {
  const isKnown = PAUSE_KINDS.some((known) => known === kind)
  const isTime = until === null || Number.isSafeInteger(until)
  return [
    ...(isKnown ? [] : [refuse('kind', `${quote(kind)}, expected ${PAUSE_KINDS.join(', ')}`, null)]),
    ...(isTime ? [] : [refuse('until_at', 'expected epoch milliseconds, or NULL', null)]),
  ]
}

type JudgedWindow = { readonly window: PauseWindow | null; readonly findings: readonly RowFinding[] }

function judgeWindow({ schedule: text, minutes, timezone }: PauseRow, defaultTimezone: string): JudgedWindow {
  if (text === null) return { window: null, findings: [] }
  const { schedule, findings } = parseExpression(text)
  const errors = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ message, hint }) => refuse('schedule', message, hint))
  const zone = timezone ?? defaultTimezone
  const isLength = minutes !== null && Number.isInteger(minutes) && minutes >= 1 && minutes <= MOST_WINDOW_MINUTES
  if (schedule?.reboot === true) errors.push(refuse('schedule', '@reboot opens no window', 'give five fields'))
  if (!isLength) errors.push(refuse('minutes', `${minutes}, expected 1 to ${MOST_WINDOW_MINUTES} minutes`, null))
  if (!isTimezone(zone)) errors.push(refuse('timezone', `${quote(zone)}, expected an IANA name`, null))
  if (errors.length > 0 || schedule === null || minutes === null) return { window: null, findings: errors }
  return { window: { schedule, minutes, zone: zoneOf(zone) }, findings: [] }
}
