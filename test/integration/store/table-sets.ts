import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { AUTH_COLUMNS } from '../../../src/domain/columns/auths.ts'
import type { NewRowOf, RowOf } from '../../../src/domain/columns/column.ts'
import { describeProblem } from '../../../src/domain/problem.ts'
import { PreparedStore } from '../../../src/store/definitions/prepared-store.ts'
import { rowShape } from '../../../src/store/definitions/row-shape.ts'
import { SqlShelf } from '../../../src/store/definitions/sql-shelf.ts'
import type { Engine } from '../../../src/store/sql/engine.ts'
import { describeStep } from '../../../src/store/sql/schema-store.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { TABLE_SETS, type TableSet } from '../../../src/store/sql/table-sets.ts'
import { AUTH_TABLE, CRON_TABLE, SYSTEM_TABLE, type Table } from '../../../src/store/sql/tables.ts'
import { RecordingLog } from '../../support/builders.ts'

/** A feature that a later version brings. */
const NOTES: TableSet<Table> = {
  name: 'notes',
  off: 'no notes are kept',
  tables: [
    {
      name: 'rcron_notes',
      columns: {
        id: { kind: 'id' },
        about: { kind: 'whole', references: 'system' },
        text: { kind: 'text' },
        author: { kind: 'text', length: 64, nullable: true },
      },
      further: {},
      key: { name: 'rcron_notes_text', columns: ['about', 'text'], words: 'system and text' },
    },
  ],
}

/** Definitions as a later version has them: an auth may have a name of its own. */
const NAMED_AUTH = {
  ...AUTH_TABLE,
  columns: { ...AUTH_COLUMNS, name: { kind: 'text', length: 64, nullable: true, unique: true } },
} as const satisfies Table
const NAMED: TableSet<Table> = { name: 'definitions', off: null, tables: [NAMED_AUTH, SYSTEM_TABLE, CRON_TABLE] }

export type SetsLab = {
  /** A store with these sets on the database that the others are on; the caller closes it. */
  readonly open: (sets: readonly TableSet<Table>[]) => SqlStore
  /** What such a store works by. */
  readonly engine: (sets: readonly TableSet<Table>[]) => Engine
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly end: () => Promise<void>
}

/** What every store does alike with sets of tables that a later version declares. */
export function describeSets(name: string, start: () => Promise<SetsLab>): void {
  describe(`sets of tables in ${name}`, () => {
    let lab: SetsLab
    before(async () => {
      lab = await start()
    })
    after(() => lab.end())
    beforeEach(async () => {
      for (const table of ['rcron_notes', 'rcron_crons', 'rcron_hosts', 'rcron_auth'])
        await lab.query(`drop table if exists ${table}`)
      await using old = opened(TABLE_SETS)
      await old.store.applySchema(await old.store.planSchema())
      await old.store.editor.auths.add({ user: 'backup', password: 'x' })
    })

    const opened = (sets: readonly TableSet<Table>[]) => {
      const store = lab.open(sets)
      return { store, [Symbol.asyncDispose]: () => store.close() }
    }
    const asDaemon = (sets: readonly TableSet<Table>[]) => {
      const log = new RecordingLog()
      const store = new PreparedStore({ store: lab.open(sets), isNew: () => false, log })
      return { store, log, [Symbol.asyncDispose]: () => store.close() }
    }

    test('a set that is absent is one warning that says what is off and what to do, and init makes it', async () => {
      await using later = opened([...TABLE_SETS, NOTES])
      const problems = (await later.store.loadDefinitions()).problems
      deepEqual(
        problems.map(({ severity }) => severity),
        ['warning'],
      )
      match(problems.map(describeProblem).join(), /table rcron_notes is missing.*: no notes are kept; run "rcron init"/)
      const { applied } = await later.store.applySchema(await later.store.planSchema())
      deepEqual(applied.map(describeStep), ['create table rcron_notes'])
      deepEqual((await later.store.loadDefinitions()).problems, [])
    })

    test('a daemon makes the fourth table in a database that has three, and says so once', async () => {
      await using daemon = asDaemon([...TABLE_SETS, NOTES])
      const { definitions, problems } = await daemon.store.loadDefinitions()
      deepEqual([definitions.auths.length, problems], [1, []])
      await daemon.store.loadDefinitions()
      deepEqual(daemon.log.entries, [
        {
          level: 'info',
          fields: { steps: ['create table rcron_notes'] },
          message: 'tables of an older version completed',
        },
      ])
    })

    test('a daemon adds the columns that tables of an older version lack, in every set', async () => {
      {
        await using made = asDaemon([...TABLE_SETS, NOTES])
        await made.store.loadDefinitions()
      }
      await lab.query('alter table rcron_crons drop column timezone')
      await lab.query('alter table rcron_notes drop column author')
      await using daemon = asDaemon([...TABLE_SETS, NOTES])
      deepEqual((await daemon.store.loadDefinitions()).problems, [])
      deepEqual(daemon.log.entries[0]?.fields, {
        steps: ['add column rcron_crons.timezone', 'add column rcron_notes.author'],
      })
    })

    test('two daemons that complete the same tables at once both go on', async () => {
      await lab.query('alter table rcron_crons drop column timezone')
      await lab.query('alter table rcron_hosts drop column supervise')
      await using one = asDaemon([NAMED, NOTES])
      await using other = asDaemon([NAMED, NOTES])
      const loaded = await Promise.all([one.store.loadDefinitions(), other.store.loadDefinitions()])
      deepEqual(
        loaded.map(({ problems }) => problems),
        [[], []],
      )
      deepEqual([...one.log.of('warn'), ...other.log.of('warn')], [])
      await using later = opened([NAMED, NOTES])
      deepEqual(await later.store.planSchema(), [])
    })

    test('tables that were lost are not made anew beside those that are there', async () => {
      await lab.query('drop table rcron_crons')
      await using daemon = asDaemon([...TABLE_SETS, NOTES])
      await rejects(daemon.store.loadDefinitions(), /rcron_crons is missing/)
      deepEqual(daemon.log.entries, [])
    })

    test('what would be a second row of a unique column is refused by the column, and by the other row', async () => {
      const engine = lab.engine([NAMED])
      await using later = opened([NAMED])
      await later.store.applySchema(await later.store.planSchema())
      const auths = new SqlShelf<RowOf<typeof NAMED_AUTH.columns>, NewRowOf<typeof NAMED_AUTH.columns>>(engine, {
        table: NAMED_AUTH,
        shape: rowShape(NAMED_AUTH.columns, { noun: 'auth', nameColumn: 'user' }),
        written: (fields) => ({ ...fields, checksum: fields.user }),
        checkRemove: async () => undefined,
      })
      const first = await auths.add({ user: 'a', password: 'x', name: 'dump' })
      const second = await auths.add({ user: 'b', password: 'x' })
      await auths.add({ user: 'c', password: 'x', name: null })
      await rejects(auths.edit(second, { name: 'dump' }), new RegExp(`auth ${first} already has this name`))
      await auths.edit(first, { name: 'dump' })
      deepEqual(
        (await auths.list()).map(({ row }) => row?.name),
        [null, 'dump', null, null],
      )
      await engine.close()
    })

    for (const what of ['added to a table', 'of a new table'] as const) {
      test(`a unique column ${what} keeps two rows from having the same, in any case of letters, and lets any number have none`, async () => {
        if (what === 'of a new table')
          for (const table of ['rcron_crons', 'rcron_hosts', 'rcron_auth']) await lab.query(`drop table ${table}`)
        await using later = opened([NAMED])
        await later.store.applySchema(await later.store.planSchema())
        const insert = (user: string, called: string) =>
          lab.query(
            `insert into rcron_auth (user, password, checksum, name) values ('${user}', 'x', '${user}', ${called})`,
          )
        await insert('a', 'null')
        await insert('b', 'null')
        await insert('c', "'dump'")
        await insert('d', "'DUMP'")
        await rejects(insert('e', "'dump'"))
        equal((await lab.query("select id from rcron_auth where user in ('a', 'b', 'c', 'd', 'e')")).length, 4)
      })
    }
  })
}
