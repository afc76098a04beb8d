import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { until } from '../../support/wait-until.ts'

type Lab = { readonly path: string; readonly backup: string; readonly store: SqlStore }

/** A store in use with the system `now.example`, and a backup of its file with `then.example`. */
async function aReplaceableStore(t: TestContext): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-replaced-'))
  const [path, backup] = [join(folder, 'rcron.db'), join(folder, 'backup.db')]
  t.after(() => rmSync(folder, { recursive: true }))
  for (const [file, host] of [
    [backup, 'then.example'],
    [path, 'now.example'],
  ] as const) {
    const made = createSqliteStore(file)
    await made.applySchema(await made.planSchema())
    await made.editor.systems.add({ host })
    await made.close()
  }
  const store = createSqliteStore(path)
  t.after(() => store.close())
  deepEqual(await hostsOf(store), ['now.example'])
  return { path, backup, store }
}

async function hostsOf(store: SqlStore): Promise<readonly string[]> {
  return (await store.loadDefinitions()).definitions.systems.map(({ host }) => host)
}

/** What stands in the file, seen by another program. */
function storedHosts(path: string): readonly unknown[] {
  const beside = new DatabaseSync(path, { timeout: 5_000 })
  const rows = beside.prepare('select host from rcron_hosts order by id').all()
  beside.close()
  return rows.map((row) => row['host'])
}

test('a file that another one was moved over is noticed: the log beside it is not taken for the new one’s, reads and writes go there', async (t) => {
  const { path, backup, store } = await aReplaceableStore(t)
  await store.editor.systems.add({ host: 'lost.example' })
  renameSync(backup, path)
  deepEqual(await hostsOf(store), ['then.example'])
  await store.editor.systems.add({ host: 'later.example' })
  deepEqual(storedHosts(path), ['then.example', 'later.example'])
})

for (const { when, before } of [
  { when: 'opened', before: async () => {} },
  { when: 'written to', before: (store: SqlStore) => store.editor.systems.add({ host: 'first.example' }) },
]) {
  test(`what is written while the file is replaced stands in the new one, once, whether it was just ${when} or not`, async (t) => {
    const { path, backup, store } = await aReplaceableStore(t)
    await before(store)
    const adding = store.editor.systems.add({ host: 'meanwhile.example' })
    renameSync(backup, path)
    await adding
    deepEqual(storedHosts(path), ['then.example', 'meanwhile.example'])
  })
}

test('a file that is removed is said to be away, and found when it is back', async (t) => {
  const { path, backup, store } = await aReplaceableStore(t)
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true })
  await rejects(store.loadDefinitions(), /there is no file/)
  await rejects(store.editor.systems.add({ host: 'nowhere.example' }), /there is no file/)
  copyFileSync(backup, path)
  deepEqual(await hostsOf(store), ['then.example'])
})

test('a file that was not asked for a second is let go, so that a copy over it is whole and is read', async (t) => {
  const { path, backup, store } = await aReplaceableStore(t)
  await store.editor.systems.add({ host: 'checked-in.example' })
  await until('it is let go', () => !existsSync(`${path}-wal`))
  deepEqual(storedHosts(path), ['now.example', 'checked-in.example'])
  copyFileSync(backup, path)
  deepEqual(await hostsOf(store), ['then.example'])
  await store.editor.systems.add({ host: 'later.example' })
  deepEqual(storedHosts(path), ['then.example', 'later.example'])
})

test('a file that another program keeps locked is read, waited for within a deadline, then told; afterwards it is written', async (t) => {
  const { path, store } = await aReplaceableStore(t)
  const shell = new DatabaseSync(path)
  t.after(() => shell.close())
  shell.exec('begin immediate')
  const asked = performance.now()
  const adding = store.editor.systems.add({ host: 'x.example' })
  const refused = rejects(adding, (error: unknown) => {
    if (!(error instanceof StoreError)) throw error
    match(`${error.message}; ${error.hint}`, /another process is writing .*a program that keeps the file locked/)
    return true
  })
  deepEqual(await hostsOf(store), ['now.example'])
  await refused
  ok(performance.now() - asked >= 4_000)
  shell.exec('rollback')
  await store.editor.systems.add({ host: 'y.example' })
  equal((await hostsOf(store)).length, 2)
})
