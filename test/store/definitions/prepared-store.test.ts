import { deepEqual, equal, rejects } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { PreparedStore } from '../../../src/store/definitions/prepared-store.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { RecordingLog } from '../../support/builders.ts'

/** A SQLite file, and a store over it that makes its tables where it is `isNew`. */
function aPreparedStore(t: TestContext, isNew = true) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-prepared-'))
  const path = join(directory, 'definitions.db')
  const log = new RecordingLog()
  const prepared = new PreparedStore({ store: createSqliteStore(path), isNew: () => isNew, log })
  t.after(async () => {
    await prepared.close()
    rmSync(directory, { recursive: true })
  })
  const sql = (statement: string) => {
    using database = new DatabaseSync(path)
    database.exec(statement)
  }
  return { prepared, log, sql }
}

test('an empty new database gets its tables at the first reading, which is told once', async (t) => {
  const { prepared, log } = aPreparedStore(t)
  const { definitions } = await prepared.loadDefinitions()
  deepEqual(definitions, { auths: [], systems: [], crons: [] })
  await prepared.loadDefinitions()
  deepEqual(log.of('info'), ['tables created in an empty database'])
})

test('tables that are lost are not made anew: not one of three, not all of a database that was read before, not while it runs', async (t) => {
  const one = aPreparedStore(t)
  one.sql('create table rcron_auth (id integer primary key, user text, password text, checksum text)')
  await rejects(one.prepared.loadDefinitions(), /rcron_hosts is missing/)

  const all = aPreparedStore(t, false)
  all.sql('create table other (id integer)')
  await rejects(all.prepared.loadDefinitions(), /rcron_auth is missing/)

  const running = aPreparedStore(t)
  await running.prepared.loadDefinitions()
  running.sql('drop table rcron_crons; drop table rcron_hosts; drop table rcron_auth')
  await rejects(running.prepared.loadDefinitions(), /is missing/)
  equal(running.log.of('info').length, 1)
})
