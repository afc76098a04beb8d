import type { Cron } from '../../domain/cron.ts'
import type { AuditRow } from '../../domain/history/audit-row.ts'
import type { Minute } from '../../domain/minute.ts'
import type { Schedule } from '../../schedule/schedule.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import { duenessOf, FIELD_NAMES } from '../../schedule/why-not-due.ts'

/** Why one cron did not run at a time of which history knows no firing of it. */
export type WhyNot = { readonly code: WhyNotCode; readonly sentence: string; readonly next: string | null }

/** In one word; beside the reasons with which firings end. */
export type WhyNotCode = 'NOT_YET' | 'DISABLED' | 'NOT_DUE' | 'DST_REPEATED' | 'REBOOT_ONLY' | 'NOT_STORED'

/** Pure: by its row as it is now. */
export function whyNot(cron: Cron, schedule: Schedule, minute: Minute, now: Minute): WhyNot {
  const { name, expression, timezone } = cron
  if (!cron.enabled) return { code: 'DISABLED', sentence: 'It is disabled.', next: `rcron cron enable ${cron.id}` }
  const due = duenessOf(schedule, zoneOf(timezone), minute)
  const show = `rcron next ${name}`
  switch (due.kind) {
    case 'reboot':
      return {
        code: 'REBOOT_ONLY',
        sentence: 'It is due after each boot of the machine of rcron, and at no time.',
        next: show,
      }
    case 'repeated':
      return {
        code: 'DST_REPEATED',
        sentence: `The clock of ${timezone} was set back: this time came twice, and a fixed time fires the first time only.`,
        next: show,
      }
    case 'not-due':
      return { code: 'NOT_DUE', sentence: notDue(due.fields, expression, timezone), next: show }
    case 'due':
      if (minute >= now) return { code: 'NOT_YET', sentence: 'It is due then, which is yet to come.', next: show }
      return { code: 'NOT_STORED', sentence: NOT_STORED, next: `rcron history ${name}` }
    default:
      return due satisfies never
  }
}

const NOT_STORED =
  'By its row as it is now it was due, and the history has nothing of it: it was added, enabled or edited since, rcron did not run at all ' +
  'yet, or the firing is older than the history is kept.'

function notDue(fields: readonly (typeof FIELD_NAMES)[number][], expression: string, timezone: string): string {
  const words = expression.startsWith('@') ? [] : expression.split(/\s+/)
  const named = fields.map((field) => {
    const word = words[FIELD_NAMES.indexOf(field)]
    return word === undefined ? field : `${field} ("${word}")`
  })
  return `"${expression}" in ${timezone} is not due then: its ${named.join(' and its ')} ${named.length > 1 ? 'do' : 'does'} not match.`
}

/** Pure: what somebody has changed of these crons since then, the oldest first. */
export function changesSince(audit: readonly AuditRow[], crons: readonly Pick<Cron, 'id'>[], name: string) {
  const ids = new Set(crons.map(({ id }) => String(id)))
  const isOf = ({ subject }: AuditRow) => {
    const [, id = '', quoted = ''] = /^cron (\d+)(?: (".*"))?/.exec(subject) ?? []
    return ids.has(id) || quoted === JSON.stringify(name)
  }
  return audit.filter(isOf).toReversed()
}
