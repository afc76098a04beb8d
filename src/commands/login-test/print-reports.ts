import { type Output, styled } from '../cli/output.ts'
import type { TableColumn } from '../cli/table.ts'
import { degradedNotes, describeTotal, failureNotes, isBad } from './fold-notes.ts'
import type { LoginReport } from './login-report.ts'

type LoginColumn = TableColumn & { readonly cellOf: (report: LoginReport) => string | number | null }

const LOGIN: readonly LoginColumn[] = [
  { heading: 'system', cellOf: ({ system, host }) => `${system} ${host}` },
  { heading: 'port', leaves: 6, cellOf: ({ port, isLocalPort }) => (isLocalPort ? `${port} (local)` : port) },
  { heading: 'user', cellOf: ({ user }) => user },
  { heading: 'address', leaves: 3, cellOf: ({ addresses }) => addressesIn(addresses) },
  {
    heading: 'host key',
    leaves: 1,
    cellOf: ({ hostKey }) => hostKey && `${hostKey.type ?? 'unreadable'} ${hostKey.verdict}`,
  },
  { heading: 'auth', leaves: 2, cellOf: ({ method }) => method },
  { heading: 'time', leaves: 4, cellOf: ({ tookMs }) => (tookMs === null ? null : `${tookMs} ms`) },
  { heading: 'result', cellOf: ({ result }) => result },
]

const WHICH: readonly LoginColumn[] = [
  { heading: 'system', cellOf: ({ system }) => system },
  { heading: 'user', cellOf: ({ user }) => user },
]

/**
 * A table of the logins; one of what was looked at on the hosts, with a column for each check that was made on any of them; beneath them
 * what works less well than it could; and at the end the logins that do not work, why and what to do, and how many there are.
 */
export function printReports(output: Output, reports: readonly LoginReport[]): void {
  print(output, LOGIN, reports)
  const checked = reports.filter(({ checks }) => checks.length > 0)
  if (checked.length > 0) {
    output.line()
    print(output, [...WHICH, ...checkColumns(checked)], checked)
  }
  const notes = degradedNotes(reports)
  if (notes.length > 0) output.line()
  for (const line of notes) output.line(line)
  const failures = failureNotes(reports)
  if (failures.length > 0) output.line()
  for (const line of failures) output.line(line)
  output.line()
  output.line(styled(reports.some(isBad) ? 'red' : 'green', describeTotal(reports)))
}

function print(output: Output, columns: readonly LoginColumn[], reports: readonly LoginReport[]): void {
  output.table(
    columns,
    reports.map((report) => columns.map(({ cellOf }) => cellOf(report))),
  )
}

function checkColumns(reports: readonly LoginReport[]): readonly LoginColumn[] {
  const names = new Set(reports.flatMap(({ checks }) => checks.map(({ name }) => name)))
  // The last to be looked at are the first to leave: what matters most comes first.
  return [...names].map((name, at) => ({
    heading: name,
    leaves: names.size - at,
    cellOf: ({ checks }) => checks.find((check) => check.name === name)?.found ?? null,
  }))
}

function addressesIn([first, ...others]: readonly string[]): string | null {
  if (first === undefined) return null
  return others.length === 0 ? first : `${first} (+${others.length})`
}
