import { deepEqual, match, rejects } from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { setSession } from '../../../src/store/mysql/mysql-session.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { FLAVOUR } from '../../support/server-flavour.ts'
import { storeOn } from './store-on.ts'

let server: Mariadb
before(async () => {
  server = await startMariadb()
})
after(() => server.stop())

/** Two crons by name and command: letters of one to four bytes, and what SQL takes for quotes and escapes. */
const CRONS: readonly (readonly [string, string])[] = [
  ['größe → 日本 🚀', `printf '%s\\n' "é" \`id\` || echo 'it''s \\"'`],
  ['another', 'true'],
]
const AT = Date.UTC(2026, 6, 1, 12, 30)

/** What is written on `on` is there for others, letter for letter and to the second, and all of it is read. */
async function keepsAll(on: Mariadb): Promise<void> {
  const store = storeOn(on)
  try {
    await store.applySchema(await store.planSchema())
    const host = await store.editor.systems.add({ host: 'db1.example' })
    const user = await store.editor.auths.add({ user: 'Zoë', password: 'x' })
    for (const [cron_name, cron_path] of CRONS) await store.editor.crons.add({ cron_name, cron_path, host, user })
    for (const id of [1, 2]) await store.recordRun({ cronId: id, lastRun: AT, durationMs: 1_000, errors: 'Größe 🚀' })
    const { definitions } = await store.loadDefinitions()
    deepEqual(
      definitions.crons.map(({ cron_name, cron_path }) => [cron_name, cron_path]),
      CRONS,
    )
  } finally {
    await store.close()
  }
  const rows = await on.query(
    "set session time_zone = '+00:00'",
    `select hex(cron_name) as name, hex(cron_path) as path, hex(errors) as errors, duration, unix_timestamp(last_run) as at
      from rcron_crons order by id`,
  )
  deepEqual(
    rows.map(({ at, ...row }) => ({ ...row, at: Number(at) })),
    CRONS.map(([name, path]) => ({
      name: hex(name),
      path: hex(path),
      errors: hex('Größe 🚀'),
      duration: 1,
      at: AT / 1_000,
    })),
  )
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex').toUpperCase()
}

const atEachLogin = (set: string) => `set global init_connect = "set session ${set}"`
const NONE_AT_LOGIN = "set global init_connect = ''"
const sessions: readonly { readonly what: string; readonly set: string; readonly back?: string }[] = [
  { what: 'autocommit is off', set: 'set global autocommit = 0', back: 'set global autocommit = 1' },
  { what: 'text is latin1', set: "set global init_connect = 'set names latin1'" },
  { what: 'text is cp932', set: "set global init_connect = 'set names cp932'" },
  { what: 'answers are cut short', set: atEachLogin('sql_select_limit = 1') },
  { what: 'transactions are read-only', set: atEachLogin('transaction read only') },
  { what: 'transactions see what is not committed', set: atEachLogin('transaction isolation level read uncommitted') },
  { what: 'transactions are serializable', set: atEachLogin('transaction isolation level serializable') },
  { what: 'quotes mark names, and pipes join text', set: atEachLogin("sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'") },
  { what: 'backslashes escape nothing', set: atEachLogin("sql_mode = 'NO_BACKSLASH_ESCAPES'") },
  {
    what: 'functions may be spaced, NOT binds tightly, empty dates are refused',
    set: atEachLogin("sql_mode = 'ANSI,HIGH_NOT_PRECEDENCE,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_UNSIGNED_SUBTRACTION'"),
  },
  { what: 'nothing is strict', set: atEachLogin("sql_mode = ''") },
  { what: 'the zone is another', set: atEachLogin("time_zone = '-11:00'") },
  { what: 'joins of many rows are refused', set: atEachLogin('sql_big_selects = 0, max_join_size = 1') },
  { what: 'changes without a key are refused', set: atEachLogin('sql_safe_updates = 1') },
  { what: 'keys are unchecked', set: atEachLogin('foreign_key_checks = 0, unique_checks = 0, sql_auto_is_null = 1') },
]
for (const { what, set, back = NONE_AT_LOGIN } of sessions) {
  test(`a server where by default ${what}: what is written is there for others, letter for letter, and all of it is read`, async (t) => {
    t.after(() => server.query(back, 'drop table rcron_crons, rcron_hosts, rcron_auth, rcron_lease', 'commit'))
    await server.query(set)
    await keepsAll(server)
  })
}

/** What is set when a server starts, or is first made; MySQL has given the one up, and fixes the other when its data are made. */
const servers: readonly { readonly what: string; readonly variables: Readonly<Record<string, string | number>> }[] = [
  {
    what: 'does not listen to the character set of a login and takes latin1',
    variables: { 'character-set-client-handshake': 'OFF', 'character-set-server': 'latin1' },
  },
  { what: 'writes the names of tables in small letters', variables: { 'lower-case-table-names': 1 } },
]
for (const { what, variables } of servers) {
  test(`a server that ${what}: likewise`, { skip: FLAVOUR.name === 'mysql' }, async (t) => {
    const other = await startMariadb({ variables })
    t.after(() => other.stop())
    await keepsAll(other)
  })
}

test("a server whose limit of time ends a statement is told so, by the variable's name", async (t) => {
  const isMysql = FLAVOUR.name === 'mysql'
  const limit = isMysql ? 'max_execution_time = 300' : 'max_statement_time = 0.3'
  t.after(() => server.query(NONE_AT_LOGIN))
  await server.query(atEachLogin(limit))
  const store = storeOn(server)
  t.after(() => store.close())
  await store.applySchema(await store.planSchema())
  const { port, user, password, database } = server
  const holder = await createConnection({ host: '127.0.0.1', port, user, password, database })
  t.after(() => holder.destroy())
  await holder.query('lock tables rcron_hosts write')
  await rejects(store.loadDefinitions(), (error: unknown) => {
    if (!(error instanceof StoreError)) throw error
    match(error.message, /ran into the server's own time limit/)
    match(String(error.hint), isMysql ? /raise max_execution_time/ : /raise max_statement_time/)
    return true
  })
})

test('a session that keeps what it was, as behind a proxy, is named and not used', async () => {
  const keeps = (sql: string) =>
    Promise.resolve(sql.startsWith('show') ? [{ Variable_name: 'autocommit', Value: 'OFF' }] : [])
  await rejects(setSession(keeps), /the session keeps autocommit as it was/)
})
