import { deepEqual, doesNotMatch, equal, match, rejects } from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { RcronCommand } from '../../support/rcron-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'rcron-missing-'))
after(() => rmSync(folder, { recursive: true }))
const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())

/** What the store says when it is asked for definitions: message and hint. */
async function refusal(path: string): Promise<string> {
  const store = createSqliteStore(path)
  let said = ''
  await rejects(store.loadDefinitions(), (error) => {
    if (!(error instanceof StoreError)) throw error
    said = `${error.message}; ${error.hint}`
    return true
  })
  await store.close()
  return said
}

test('a file that is not there is said, with the way on, and is not made by reading', async () => {
  const path = join(folder, 'mistyped.db')
  match(
    await refusal(path),
    /: there is no file .*mistyped\.db; create it with "rcron init", or correct .*RCRON_DATABASE_URL/,
  )
  const store = createSqliteStore(path)
  equal((await store.planSchema()).filter(({ set }) => set.name === 'definitions').length, 3)
  await rejects(store.editor.systems.list(), /there is no file/)
  await rejects(store.editor.systems.add({ host: 'x' }), /there is no file/)
  equal(existsSync(path), false)
  await store.applySchema(await store.planSchema())
  equal(statSync(path).mode & 0o777, 0o600)
  deepEqual((await store.loadDefinitions()).definitions.systems, [])
  await store.close()
})

test('a file that comes later is found by a store that is open already', async () => {
  const path = join(folder, 'later.db')
  const early = createSqliteStore(path)
  await rejects(early.loadDefinitions(), /there is no file/)
  const maker = createSqliteStore(path)
  await maker.applySchema(await maker.planSchema())
  deepEqual((await early.loadDefinitions()).definitions.crons, [])
  await early.close()
  await maker.close()
})

test('what is no file is refused and left as it is', async () => {
  const path = join(folder, 'directory')
  mkdirSync(path, { mode: 0o755 })
  match(await refusal(path), /cannot be opened \[EISDIR\]; check the path in RCRON_DATABASE_URL/)
  equal(statSync(path).mode & 0o777, 0o755)
})

test('a database without tables is told without a word of rights that SQLite does not have', async () => {
  const path = join(folder, 'empty.db')
  writeFileSync(path, '')
  const said = await refusal(path)
  match(said, /table rcron_auth is missing; run "rcron init"/)
  doesNotMatch(said, /hidden|user|right/)
})

/** Commands that only read, beside a database that is not there. */
const readers: readonly (readonly string[])[] = [['cron', 'list'], ['next'], ['check'], ['init', '--dry-run']]
for (const words of readers) {
  test(`rcron ${words.join(' ')} makes no file`, async () => {
    const path = join(folder, 'mistyped.db')
    rmSync(path, { force: true })
    const { status, stdout, stderr } = await rcron.run(words, { env: { RCRON_DATABASE_URL: `sqlite:${path}` } })
    match(stdout + stderr, words[0] === 'init' ? /create table/ : /there is no file .*mistyped\.db/)
    equal(status, words[0] === 'init' ? 0 : 1)
    equal(existsSync(path), false)
  })
}

test('init makes directory and file, for their owner alone; a dry run makes neither', async () => {
  const path = join(folder, 'deep', 'er', 'x.db')
  const env = { RCRON_DATABASE_URL: `sqlite://${path}` }
  match(
    (await rcron.run(['cron', 'list'], { env })).stderr,
    /there is no directory .*er\nCreate directory and tables with "rcron init"/,
  )
  match((await rcron.run(['init', '--dry-run'], { env })).stdout, /^create table/)
  equal(existsSync(join(folder, 'deep')), false)
  const { status, stderr } = await rcron.run(['init'], { env })
  deepEqual([status, stderr], [0, ''])
  equal(statSync(path).mode & 0o777, 0o600)
  equal(statSync(join(folder, 'deep')).mode & 0o777, 0o700)
  equal((await rcron.run(['cron', 'list'], { env })).status, 0)
})

test('a directory that init cannot make is named', async () => {
  const env = { RCRON_DATABASE_URL: 'sqlite:/dev/null/x.db' }
  const { status, stderr } = await rcron.run(['init'], { env })
  match(stderr, /directory \/dev\/null: cannot be created \(EEXIST\)/)
  equal(status, 1)
})
