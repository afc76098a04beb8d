import type { Output } from '../cli/output.ts'
import type { LoginReport } from './login-report.ts'

type LoginColumn = { readonly heading: string; readonly cellOf: (report: LoginReport) => string | number | null }

const LOGIN: readonly LoginColumn[] = [
  { heading: 'system', cellOf: ({ system, host }) => `${system} ${host}` },
  { heading: 'port', cellOf: ({ port, isLocalPort }) => (isLocalPort ? `${port} (local)` : port) },
  { heading: 'user', cellOf: ({ user }) => user },
  { heading: 'address', cellOf: ({ addresses }) => addressesIn(addresses) },
  { heading: 'host key', cellOf: ({ hostKey }) => hostKey && `${hostKey.type ?? 'unreadable'} ${hostKey.verdict}` },
  { heading: 'auth', cellOf: ({ method }) => method },
  { heading: 'time', cellOf: ({ tookMs }) => (tookMs === null ? null : `${tookMs} ms`) },
  { heading: 'result', cellOf: ({ result }) => result },
]

const WHICH: readonly LoginColumn[] = [
  { heading: 'system', cellOf: ({ system }) => system },
  { heading: 'user', cellOf: ({ user }) => user },
]

/**
 * A table of the logins; one of what was looked at on the hosts, with a column for each check that was made on any of them; and
 * beneath them what does not work as it should, why, and what to do.
 */
export function printReports(output: Output, reports: readonly LoginReport[]): void {
  print(output, LOGIN, reports)
  const checked = reports.filter(({ checks }) => checks.length > 0)
  if (checked.length > 0) {
    output.line()
    print(output, [...WHICH, ...checkColumns(checked)], checked)
  }
  const notes = reports.flatMap(notesOf)
  if (notes.length > 0) output.line()
  for (const line of notes) output.line(line)
}

function print(output: Output, columns: readonly LoginColumn[], reports: readonly LoginReport[]): void {
  output.table(
    columns.map(({ heading }) => heading),
    reports.map((report) => columns.map(({ cellOf }) => cellOf(report))),
  )
}

function checkColumns(reports: readonly LoginReport[]): readonly LoginColumn[] {
  const names = new Set(reports.flatMap(({ checks }) => checks.map(({ name }) => name)))
  return [...names].map((name) => ({
    heading: name,
    cellOf: ({ checks }) => checks.find((check) => check.name === name)?.found ?? null,
  }))
}

function addressesIn([first, ...others]: readonly string[]): string | null {
  if (first === undefined) return null
  return others.length === 0 ? first : `${first} (+${others.length})`
}

function notesOf(report: LoginReport): readonly string[] {
  const { system, host, port, user, checks, result, reason, remedy } = report
  const where = `system ${system} (${host}:${port})${user === null ? '' : ` as ${user}`}`
  const failure = result === 'works' || reason === null ? [] : [[reason, remedy].filter(Boolean).join('; ')]
  const degraded = checks.flatMap(({ consequence }) => consequence ?? [])
  return [...failure, ...degraded].map((note) => `${where}: ${note}`)
}
