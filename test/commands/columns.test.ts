import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Command } from 'commander'
import { auth } from '../../src/commands/definitions/auth.ts'
import { optionColumns, optionFlag, optionFlags, optionKey } from '../../src/commands/definitions/column.ts'
import { addDefinitionCommands } from '../../src/commands/definitions/commands.ts'
import { cron } from '../../src/commands/definitions/cron.ts'
import { system } from '../../src/commands/definitions/system.ts'
import { compileSnapshot } from '../../src/definitions/compile-snapshot.ts'
import { AUTH_COLUMNS } from '../../src/domain/columns/auths.ts'
import { type Column, type Columns, unset } from '../../src/domain/columns/column.ts'
import { CRON_COLUMNS } from '../../src/domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../src/domain/columns/systems.ts'
import type { RowKind } from '../../src/domain/problem.ts'
import type { AuthRow, CronRow, SystemRow } from '../../src/domain/rows.ts'
import type { DefinitionEditor } from '../../src/store/definitions/definition-editor.ts'
import { AUTH_SHAPE, CRON_SHAPE, judgeRow, SYSTEM_SHAPE } from '../../src/store/definitions/row-shape.ts'
import { MYSQL_SETS } from '../../src/store/mysql/mysql-schema.ts'
import { SQLITE_SETS } from '../../src/store/sqlite/sqlite-schema.ts'
import { aCronRow, anAuth, aSystem } from '../support/builders.ts'

type Row = Readonly<Record<string, unknown>>
type Consumers = {
  readonly noun: RowKind
  readonly table: string
  readonly columns: Columns
  /** Columns without an option of their own name, and why. */
  readonly elsewhere: readonly string[]
  readonly row: Row
  readonly judgeShape: (row: Row) => { readonly row: unknown; readonly problem: unknown }
  /** The columns that are refused of a row. */
  readonly refusedOf: (row: Row) => readonly (string | null)[]
  readonly visible: (row: Row) => Promise<readonly Row[]>
}

/** A database without rows. */
const NO_ROWS = {
  auths: { list: async () => [] },
  systems: { list: async () => [] },
} as unknown as DefinitionEditor

function refused(rows: { readonly auths?: Row; readonly systems?: Row; readonly crons?: Row }) {
  const definitions = {
    auths: [(rows.auths ?? anAuth()) as AuthRow],
    systems: [(rows.systems ?? aSystem()) as SystemRow],
    crons: rows.crons === undefined ? [] : [rows.crons as CronRow],
  }
  return compileSnapshot({ definitions, problems: [], defaultTimezone: 'UTC' }).problems.map(({ field }) => field)
}

const ALL: readonly Consumers[] = [
  {
    noun: 'auth',
    table: 'rcron_auth',
    columns: AUTH_COLUMNS,
    elsewhere: ['id', 'password', 'passphrase'], // Secrets stand on no command line.
    row: anAuth(),
    judgeShape: (row) => judgeRow(row, AUTH_SHAPE),
    refusedOf: (auths) => refused({ auths }),
    visible: (row) => auth.visible([row as AuthRow], NO_ROWS),
  },
  {
    noun: 'system',
    table: 'rcron_hosts',
    columns: SYSTEM_COLUMNS,
    elsewhere: ['id'],
    row: aSystem(),
    judgeShape: (row) => judgeRow(row, SYSTEM_SHAPE),
    refusedOf: (systems) => refused({ systems }),
    visible: (row) => system.visible([row as SystemRow], NO_ROWS),
  },
  {
    noun: 'cron',
    table: 'rcron_crons',
    columns: CRON_COLUMNS,
    elsewhere: ['id', 'host', 'user'], // Named by system and auth, ids or names.
    row: aCronRow(),
    judgeShape: (row) => judgeRow(row, CRON_SHAPE),
    refusedOf: (crons) => refused({ crons }),
    visible: (row) => cron.visible([row] as unknown as Parameters<typeof cron.visible>[0], NO_ROWS),
  },
]

const program = new Command('rcron')
addDefinitionCommands(program, {} as Parameters<typeof addDefinitionCommands>[1], async () => undefined)

function helpOf(noun: string, verb: string): string {
  const command = program.commands.find((it) => it.name() === noun)?.commands.find((it) => it.name() === verb)
  return (command?.helpInformation() ?? '').replace(/\s+/g, ' ')
}

/** A value that no judge may let pass; undefined where the table of columns names no bound. */
function badValue({ kind, range, choices, length, nullable }: Column): unknown {
  if (kind === 'flag') return 7
  if (range !== undefined) return range.least - 1
  if (choices !== undefined) return kind === 'position' ? choices.length : 'none of them'
  return kind === 'text' && length !== undefined && nullable === true ? 'x'.repeat(length + 1) : undefined
}

for (const { noun, table, columns, elsewhere, row, judgeShape, refusedOf, visible } of ALL) {
  describe(`every column of ${noun} in the table of columns`, () => {
    for (const [name, sets] of Object.entries({ MySQL: MYSQL_SETS, SQLite: SQLITE_SETS })) {
      test(`is made in ${name}, and added where it is new`, () => {
        const ddl = sets.flatMap(({ tables }) => tables).find((it) => it.name === table)
        for (const [column, { nullable }] of Object.entries(columns)) {
          match(ddl?.create ?? '', new RegExp(`^  ${column} `, 'm'))
          const added = ddl?.added[column]?.join(';') ?? ''
          equal(added.startsWith(`alter table ${table} add column ${column} `), nullable === true, column)
        }
      })
    }

    test('is taken from the database, and null where it may lack it', () => {
      deepEqual(judgeShape(row), { row, problem: null })
      for (const [column, { nullable }] of Object.entries(columns)) {
        const { [column]: _, ...without } = row
        const judged = judgeShape(without)
        if (nullable === true) deepEqual(judged.row, { ...row, [column]: null })
        else equal((judged.problem as { field: string }).field, column)
      }
    })

    test('has an option of its name with its help, or stands among those that have none', () => {
      const named = optionColumns(columns)
      deepEqual([...named.map(({ name }) => name), ...elsewhere].sort(), Object.keys(columns).sort())
      for (const verb of ['add', 'edit']) {
        for (const column of named)
          ok(helpOf(noun, verb).includes(`${optionFlags(column)} ${column.help}`), `${verb} ${column.name}`)
      }
    })

    test('is judged by its bounds, and taken from the command line within them', () => {
      for (const [column, facts] of Object.entries<Column>(columns)) {
        const bad = badValue(facts)
        if (bad !== undefined) deepEqual(refusedOf({ ...row, [column]: bad }), [column], `${column} = ${bad}`)
        const option = optionColumns(columns).find(({ name }) => name === column)
        if (facts.range !== undefined) throws(() => option?.parse(String(bad)), /expected a whole number from/)
        if (option !== undefined && facts.nullable === true) equal(option.parse(''), null, column)
      }
      deepEqual(refusedOf(row), [])
    })

    test('is shown, and secrets are not', async () => {
      const [shown = {}] = await visible(row)
      deepEqual(
        Object.keys(columns).filter((column) => !(column in shown)),
        [],
      )
      ok(!JSON.stringify(shown).includes('not printed'))
    })

    test('has its value in a new row', () => {
      const needed = ['id', 'user', 'password', 'host', 'cron_name', 'cron_path']
      const said = Object.keys(unset(columns))
      deepEqual([...said, ...needed.filter((name) => name in columns)].sort(), Object.keys(columns).sort())
    })
  })
}

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
  ['timeout_s', '2h', 7_200],
  ['timeout_s', '1h30m', 5_400],
  ['timeout_s', '1 h 5 min 1 s', 3_901],
  ['kill_grace_s', '2M', 120],
  ['latest_start_min', '1d', 1_440],
  ['latest_start_min', '120s', 2],
  ['login_timeout_s', '1m', 60],
  ['catch_up', 'last', 'last'],
  ['catch_up', '', null],
  ['on_lost', 'failover', 'failover'],
  ['timezone', '', null],
  ['port', '65535', 65_535],
]
const unfit: readonly (readonly [string, string, RegExp])[] = [
  ['enabled', 'maybe', /expected 0 or 1/],
  ['enabled', '', /expected 0 or 1/],
  ['action', '4', /expected 0 \(failover\), 1 \(shuffle\), 2 \(all\), 3 \(clobber\)/],
  ['timeout_s', '0', /expected a whole number from 1/],
  ['timeout_s', '1e3', /expected a whole number/],
  ['timeout_s', '2147484', /from 1 to 2147483 \(seconds\), or a time such as 90s, 5m, 2h or 1d$/],
  ['timeout_s', '2h 3', /or a time such as/],
  ['timeout_s', '25d', /from 1 to 2147483/],
  ['timeout_s', ' ', /or a time such as/],
  ['latest_start_min', '90s', /\(minutes\), or a time such as 5m, 2h or 1d$/],
  ['port', '2h', /from 1 to 65535$/],
  ['catch_up', 'first', /expected none, last, all/],
  ['port', '0', /from 1 to 65535/],
  ['port', '-1', /from 1 to 65535/],
]
const OPTIONS = [CRON_COLUMNS, SYSTEM_COLUMNS, AUTH_COLUMNS].flatMap(optionColumns)
const columnOf = (name: string) => OPTIONS.find((column) => column.name === name)
test('values are taken in the words of the trade', () => {
  for (const [name, text, value] of parsed) deepEqual(columnOf(name)?.parse(text), value, `${name} ${text}`)
})
test('what is none is refused with what was expected', () => {
  for (const [name, text, message] of unfit) throws(() => columnOf(name)?.parse(text), message, `${name} ${text}`)
})

test('the manual names no option that is not there', () => {
  const manual = readFileSync(new URL('../../src/commands/cli/manual/manual-verbs.ts', import.meta.url), 'utf8')
  const flags = new Set(OPTIONS.flatMap((column) => [optionFlag(column), `--${column.also}`]))
  const others = [
    '--host',
    '--user',
    '--schedule',
    '--dry-run',
    '--json',
    '--seal',
    '--yes',
    '--password-ask',
    '--key',
    '--force',
  ]
  for (const way of ['file', 'stdin', 'reference']) others.push(`--password-${way}`)
  const unknown = [...manual.matchAll(/--[a-z-]+/g)]
    .map(([flag]) => flag)
    .filter((flag) => !flags.has(flag) && !others.includes(flag))
  deepEqual(unknown, [])
})
