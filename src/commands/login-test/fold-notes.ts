import { foldedNames } from '../shared/folded-names.ts'
import type { LoginReport } from './login-report.ts'

type Note = { readonly where: string; readonly text: string; readonly general: string }

/** What does not work as it should where a login works, and what is not used: equal notes once, with the first few logins and a count. */
export function degradedNotes(reports: readonly LoginReport[]): readonly string[] {
  const notes = reports.flatMap((report) => {
    const unused = report.result === 'unused' ? reasonOf(report) : []
    return [...unused, ...report.checks.flatMap(({ consequence }) => consequence ?? [])].map(noteOf(report))
  })
  return folded(notes, foldedNames)
}

/** Every login that does not work, why, and what to do; those of the same reason together. */
export function failureNotes(reports: readonly LoginReport[]): readonly string[] {
  const failed = reports.filter(isBad)
  return folded(
    failed.flatMap((report) => reasonOf(report).map(noteOf(report))),
    (names) => names.join(', '),
  )
}

const COUNTED: readonly (readonly [LoginReport['result'], one: string, several: string])[] = [
  ['works', 'works', 'work'],
  ['fails', 'fails', 'fail'],
  ['not-tried', 'not tried', 'not tried'],
  ['unused', 'unused', 'unused'],
]

/** `50 logins: 47 work, 3 fail`. */
export function describeTotal(reports: readonly LoginReport[]): string {
  const counts = Map.groupBy(reports, ({ result }) => result)
  const parts = COUNTED.flatMap(([result, one, several]) => {
    const count = counts.get(result)?.length ?? 0
    return count > 0 || result === 'works' ? [`${count} ${count === 1 ? one : several}`] : []
  })
  return `${reports.length} login${reports.length === 1 ? '' : 's'}: ${parts.join(', ')}`
}

export function isBad({ result }: LoginReport): boolean {
  return result === 'fails' || result === 'not-tried'
}

function reasonOf({ reason, remedy }: LoginReport): readonly string[] {
  return reason === null ? [] : [[reason, remedy].filter(Boolean).join('; ')]
}

function noteOf(report: LoginReport): (text: string) => Note {
  const { system, host, port, user } = report
  const where = `system ${system} (${host}:${port})${user === null ? '' : ` as ${user}`}`
  return (text) => ({ where, text, general: withoutIds(text, report) })
}

/** A command that mends one of them stands there as for any. */
function withoutIds(text: string, { system, auth }: LoginReport): string {
  return text
    .replaceAll(new RegExp(`\\brcron system (\\w+) ${system}\\b`, 'g'), 'rcron system $1 ID')
    .replaceAll(new RegExp(`\\brcron auth (\\w+) ${auth}\\b`, 'g'), 'rcron auth $1 ID')
}

function folded(notes: readonly Note[], named: (names: readonly string[]) => string): readonly string[] {
  const alike = Map.groupBy(notes, ({ general }) => general)
  return [...alike.entries()].map(([general, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return `${first?.where}: ${first?.text}`
    return `${named([first, ...others].map(({ where }) => where))}: ${general}`
  })
}
