import { deepEqual, throws } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { AUTH_COLUMNS } from '../../src/commands/definitions/auth-columns.ts'
import { type Column, optionFlag, optionKey } from '../../src/commands/definitions/column.ts'
import { CRON_COLUMNS } from '../../src/commands/definitions/cron-columns.ts'
import { SYSTEM_COLUMNS } from '../../src/commands/definitions/system-columns.ts'
import { DEFINITION_COLUMNS, type TableName } from '../../src/store/sql/tables.ts'

/** Columns that have no option of their own name, and why. */
const ELSEWHERE: Readonly<Record<TableName, readonly string[]>> = {
  rcron_auth: ['id', 'password', 'passphrase'], // Secrets stand on no command line.
  rcron_hosts: ['id'],
  rcron_crons: ['id', 'host', 'user'], // Named by system and auth, ids or names.
}
const OPTIONS: Readonly<Record<TableName, readonly Column[]>> = {
  rcron_auth: AUTH_COLUMNS,
  rcron_hosts: SYSTEM_COLUMNS,
  rcron_crons: CRON_COLUMNS,
}

test('every column of the store has an option of its name', () => {
  for (const table of ['rcron_auth', 'rcron_hosts', 'rcron_crons'] as const) {
    const { required, added } = DEFINITION_COLUMNS[table]
    const names = [...OPTIONS[table].map(({ name }) => name), ...ELSEWHERE[table]]
    deepEqual(names.sort(), [...required, ...added].sort())
  }
})

test('options are spelt as the columns, with hyphens', () => {
  deepEqual(
    [optionFlag({ name: 'latest_start_min' }), optionKey({ name: 'latest_start_min' })],
    ['--latest-start-min', 'latestStartMin'],
  )
})

const parsed: readonly (readonly [string, string, unknown])[] = [
  ['enabled', 'yes', 1],
  ['enabled', '0', 0],
  ['action', 'clobber', 3],
  ['action', '2', 2],
  ['timeout_s', '', null],
  ['timeout_s', '90', 90],
  ['catch_up', 'last', 'last'],
  ['catch_up', '', null],
  ['on_lost', 'failover', 'failover'],
  ['timezone', '', null],
  ['port', '65535', 65_535],
]
const refused: readonly (readonly [string, string, RegExp])[] = [
  ['enabled', 'maybe', /expected 0 or 1/],
  ['action', '4', /expected 0 \(failover\), 1 \(shuffle\), 2 \(all\), 3 \(clobber\)/],
  ['timeout_s', '0', /expected a whole number from 1/],
  ['timeout_s', '1e3', /expected a whole number/],
  ['catch_up', 'first', /expected none, last, all/],
  ['port', '0', /from 1 to 65535/],
  ['port', '-1', /from 1 to 65535/],
]
const columnOf = (name: string) => [...CRON_COLUMNS, ...SYSTEM_COLUMNS].find((column) => column.name === name)
test('values are taken in the words of the trade', () => {
  for (const [name, text, value] of parsed) deepEqual(columnOf(name)?.parse(text), value, `${name} ${text}`)
})
test('what is none is refused with what was expected', () => {
  for (const [name, text, message] of refused) throws(() => columnOf(name)?.parse(text), message, `${name} ${text}`)
})

test('the manual names no option that is not there', () => {
  const manual = readFileSync(new URL('../../src/commands/cli/manual-verbs.ts', import.meta.url), 'utf8')
  const flags = new Set([...CRON_COLUMNS, ...SYSTEM_COLUMNS, ...AUTH_COLUMNS].map(optionFlag))
  const others = ['--host', '--user', '--schedule', '--dry-run', '--json', '--seal', '--yes', '--password-ask']
  for (const way of ['file', 'stdin', 'reference']) others.push(`--password-${way}`)
  const unknown = [...manual.matchAll(/--[a-z-]+/g)]
    .map(([flag]) => flag)
    .filter((flag) => !flags.has(flag) && !others.includes(flag))
  deepEqual(unknown, [])
})
