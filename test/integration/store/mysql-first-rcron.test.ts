import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { OperatorError } from '../../../src/domain/errors.ts'
import { describeAbout, describeProblem } from '../../../src/domain/problem.ts'
import { describeStep } from '../../../src/store/sql/schema-store.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { anAuth } from '../../support/builders.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { FIRST_RCRON_TABLES } from './first-rcron.ts'
import { storeOn } from './store-on.ts'

let server: Mariadb
let store: SqlStore
before(async () => {
  server = await startMariadb()
  store = storeOn(server)
})
after(async () => {
  await store.close()
  await server.stop()
})
beforeEach(async () => {
  await server.query(
    'drop table if exists rcron_crons, rcron_hosts, rcron_auth',
    ...FIRST_RCRON_TABLES,
    "insert into rcron_auth values (1, 'backup', 'hunter2', sha2('hunter2', 256))",
    "insert into rcron_hosts values (1, 'db1.example', 22, 2222)",
    'set time_zone = "+05:00"',
    `insert into rcron_crons (id, cron_name, cron_path, cron_min, enabled, host, user, action, last_run)
     values (7, 'sauvegarde d''été', '/usr/bin/sauver', '*/5', 1, 1, 1, 2, '2020-05-05 12:00:00')`,
  )
})

async function problemsOf(loading: SqlStore = store): Promise<readonly string[]> {
  return (await loading.loadDefinitions()).problems.map(describeProblem)
}

test('the first rcron’s tables are read as they are, with one warning of what they lack, and one for each thing that is off', async () => {
  const { definitions, problems } = await store.loadDefinitions()
  deepEqual(definitions.auths, [anAuth({ id: 1, user: 'backup', password: 'hunter2' })])
  deepEqual(
    [definitions.systems[0]?.local_port, definitions.systems[0]?.supervise, definitions.crons[0]?.cron_name],
    [2222, null, 'sauvegarde d’été'.replace('’', "'")],
  )
  equal(definitions.crons[0]?.timezone, null)
  deepEqual(problems.length, 3)
  match(problems[1]?.message ?? '', /^table rcron_firings, .* is missing.*: no history of firings and runs is kept$/)
  match(problems[2]?.message ?? '', /^table rcron_pauses is missing.*: nothing can be paused$/)
  equal(problems[0]?.severity, 'warning')
  match(
    problems[0]?.message ?? '',
    /rcron_auth\.passphrase, rcron_auth\.hosts, rcron_auth\.name, rcron_hosts\.supervise.*rcron_crons\.timezone/,
  )
})

test('their missing columns are added, and nothing else is changed', async () => {
  const steps = await store.planSchema()
  deepEqual(steps.map(describeStep)[0], 'add column rcron_auth.passphrase')
  const { applied, problems } = await store.applySchema(steps)
  deepEqual([applied.length, problems], [steps.length, []])
  deepEqual(await problemsOf(), [])
  const [entry] = await store.editor.crons.list()
  equal(entry?.row?.last_run, '2020-05-05 07:00:00')
})

test('two that add columns at once both succeed', async (t) => {
  const other = storeOn(server)
  t.after(() => other.close())
  const steps = await store.planSchema()
  const both = await Promise.all([store.applySchema(steps), other.applySchema(steps)])
  deepEqual(
    both.map(({ problems }) => problems),
    [[], []],
  )
  deepEqual(await store.planSchema(), [])
})

test('B6: without the right to ALTER, columns stay away with one warning, and rows are read', async (t) => {
  await server.query(
    "drop user if exists reader@'%'",
    "create user reader@'%' identified by 'r'",
    "grant select, update on rcron.* to reader@'%'",
  )
  const reader = storeOn(server, { user: 'reader', password: 'r' })
  t.after(() => reader.close())
  const { applied, problems } = await reader.applySchema(await reader.planSchema())
  deepEqual([applied, problems.length, problems[0]?.severity], [[], 1, 'warning'])
  match(
    problems[0]?.message ?? '',
    /could not add rcron_auth\.passphrase, .*: the user may not do this to the table \(ALTER\) \[ER_TABLEACCESS_DENIED_ERROR/,
  )
  equal((await reader.loadDefinitions()).definitions.crons.length, 1)

  await server.query('drop table rcron_crons')
  const missing = await reader.applySchema(await reader.planSchema())
  match(missing.problems.map(describeProblem).join('\n'), /could not create table rcron_crons: .*rights to CREATE/)
})

test('B5: a run is written back; what latin1 lacks becomes a question mark', async () => {
  const at = Date.UTC(2026, 9, 25, 0, 30)
  await store.recordRun({ cronId: 7, lastRun: at, durationMs: 1_500, errors: 'sorti: é → 💥' })
  const [row] = await server.query('select unix_timestamp(last_run) as at, duration, errors from rcron_crons')
  deepEqual({ ...row }, { at: at / 1_000, duration: 1.5, errors: 'sorti: ? ? ?' })

  await store.recordRun({ cronId: 7, lastRun: at, durationMs: 1_500, errors: 'échec' })
  equal((await server.query('select errors from rcron_crons'))[0]?.['errors'], 'échec')
})

test('an edit does not touch a last_run that sets itself', async () => {
  await store.editor.crons.edit(7, { enabled: 0 })
  const [entry] = await store.editor.crons.find('7')
  deepEqual([entry?.row?.enabled, entry?.row?.last_run], [0, '2020-05-05 07:00:00'])
})

test('a value for a column that is missing is refused, null is not', async () => {
  await store.editor.crons.edit(7, { timezone: null })
  await rejects(store.editor.crons.edit(7, { timezone: 'UTC' }), (error: unknown) => {
    if (!(error instanceof OperatorError)) throw error
    match(`${error.message} ${error.hint}`, /rcron_crons lacks timezone.*rcron init/)
    return true
  })
})

test('B5: what does not fit a column is refused by the column’s name, without the value', async () => {
  const refused = async (changes: { readonly cron_path: string }, says: RegExp) =>
    rejects(store.editor.crons.edit(7, changes), (error: unknown) => {
      if (!(error instanceof StoreError)) throw error
      match(error.message, says)
      equal(/xxx|💥|F0/.test(error.message), false)
      return true
    })
  await refused({ cron_path: 'x'.repeat(300) }, /longer than its column \(cron_path\) \[ER_DATA_TOO_LONG/)
  await refused(
    { cron_path: '💥' },
    /lacks a character of the value \[(ER_CANT_AGGREGATE_2COLLATIONS|ER_CANNOT_CONVERT_STRING)/,
  )
  await rejects(
    store.editor.auths.edit(1, { password: 'pass💥' }),
    /lacks a character of the value \(password\) \[ER_TRUNCATED_WRONG_VALUE_FOR_FIELD/,
  )
  deepEqual(await store.editor.crons.find('💥'), [])
})

const badRows: readonly { readonly what: string; readonly sql: string; readonly says: RegExp }[] = [
  {
    what: 'no schedule',
    sql: 'update rcron_crons set cron_min = null',
    says: /cron 7 .*, cron_min: is NULL, expected text/,
  },
  {
    what: 'no name at all',
    sql: 'update rcron_crons set cron_name = null',
    says: /^cron 7, cron_name: is NULL, expected text/,
  },
  {
    what: 'an id beyond what a number holds',
    sql: 'alter table rcron_crons modify id bigint not null; update rcron_crons set id = 9223372036854775807',
    says: /cron 9223372036854775807 .*, id: is "9223372036854775807", expected a whole number/,
  },
  {
    what: 'a host id beyond what a number holds',
    sql: 'alter table rcron_crons drop foreign key rcron_crons_ibfk_1, modify host bigint; update rcron_crons set host = 9223372036854775807',
    says: /cron 7 .*, host: is "9223372036854775807", expected a whole number/,
  },
  {
    what: 'several columns that are empty',
    sql: 'update rcron_crons set enabled = null, action = null, user = null',
    says: /cron 7 .*, enabled: is NULL, expected a whole number; so are user, action/,
  },
]
for (const { what, sql, says } of badRows) {
  test(`B5: a row with ${what} is left out with one problem, the others are read`, async () => {
    await server.query(
      ...sql.split('; '),
      "insert into rcron_crons (id, cron_name, cron_path, enabled, host, user) values (8, 'good', '/bin/true', 1, 1, 1)",
    )
    const { definitions, problems } = await store.loadDefinitions()
    deepEqual(
      definitions.crons.map(({ id }) => id),
      [8],
    )
    const errors = problems.filter(({ severity }) => severity === 'error').map(describeProblem)
    equal(errors.length, 1)
    match(errors[0] ?? '', says)
  })
}

test('a row that cannot be used is listed with its problem, and can be mended or removed', async () => {
  await server.query('update rcron_crons set cron_min = null')
  const [entry] = await store.editor.crons.find("sauvegarde d'été")
  deepEqual([entry?.id, entry?.row, entry?.problem?.field], [7, null, 'cron_min'])
  await store.editor.crons.edit(7, { cron_min: '0' })
  equal((await store.editor.crons.find('7'))[0]?.row?.cron_min, '0')
})

test('B5: a zero date and a cron whose host is gone are read', async () => {
  await server.query(
    'set foreign_key_checks = 0, sql_mode = ""',
    "update rcron_crons set host = 99, last_run = '0000-00-00 00:00:00'",
  )
  equal((await store.loadDefinitions()).definitions.crons[0]?.host, 99)
  equal((await store.editor.crons.list())[0]?.row?.last_run, null)
  await store.recordRun({ cronId: 7, lastRun: 1e12, durationMs: 0, errors: null })
})

test('B5: pages go on past ids that no number holds', async () => {
  await server.query(
    'alter table rcron_crons modify id bigint not null',
    `insert into rcron_crons (id, cron_name, cron_path, enabled, host, user)
     values ${Array.from({ length: 2_500 }, (_, at) => `(${2n ** 53n + 2n + BigInt(at)}, 'far${at}', '/bin/true', 1, 1, 1)`).join(', ')}`,
  )
  const { definitions, problems } = await store.loadDefinitions()
  deepEqual([definitions.crons.length, problems.length], [1, 2_501])
  equal(new Set(problems.map(({ about }) => describeAbout(about))).size, 2_501)
})
