import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { describeStore } from './store-suite.ts'

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'rcron-sqlite-'))
})
after(() => rmSync(folder, { recursive: true }))

describeStore('SQLite', async () => {
  const path = join(folder, 'suite.db')
  const store = createSqliteStore(path)
  await store.planSchema()
  const beside = new DatabaseSync(path, { timeout: 5_000 })
  return {
    store,
    another: () => createSqliteStore(path),
    query: async (sql) => beside.prepare(sql).all(),
    end: async () => {
      beside.close()
      await store.close()
    },
  }
})

test('the file and its companions are readable by their owner alone', async () => {
  const path = join(folder, 'private.db')
  const store = createSqliteStore(path)
  await store.applySchema(await store.planSchema())
  for (const file of [path, `${path}-wal`, `${path}-shm`]) equal(statSync(file).mode & 0o777, 0o600, file)
  await store.close()
})

test('a database of rcron that others could read is made private', async () => {
  const path = join(folder, 'open.db')
  const made = createSqliteStore(path)
  await made.applySchema(await made.planSchema())
  await made.close()
  chmodSync(path, 0o644)
  const store = createSqliteStore(path)
  await store.loadDefinitions()
  for (const file of [path, `${path}-wal`, `${path}-shm`]) equal(statSync(file).mode & 0o777, 0o600, file)
  await store.close()
})

for (const [what, text] of Object.entries({ 'a text': 'root:x:0:0:root:/root:/bin/sh\n', nothing: '' })) {
  test(`a file of ours that holds ${what}, named by mistake, keeps its mode and every byte`, async () => {
    const path = join(folder, `victim-of-${what.replaceAll(' ', '-')}`)
    writeFileSync(path, text)
    chmodSync(path, 0o644)
    const store = createSqliteStore(path)
    await rejects(store.loadDefinitions(), StoreError)
    await store.close()
    equal(statSync(path).mode & 0o777, 0o644)
    equal(readFileSync(path, 'utf8'), text)
  })
}

test('a write waits for another process that writes; a read does not wait', async () => {
  const path = join(folder, 'busy.db')
  const store = createSqliteStore(path)
  await store.applySchema(await store.planSchema())
  const other = new DatabaseSync(path)
  other.exec('begin immediate')

  const adding = store.editor.systems.add({ host: 'late.example' })
  deepEqual((await store.loadDefinitions()).definitions.systems, [])
  other.exec("insert into rcron_hosts (host) values ('first.example')")
  other.exec('commit')
  await adding
  const { systems } = (await store.loadDefinitions()).definitions
  deepEqual(
    systems.map(({ host }) => host),
    ['first.example', 'late.example'],
  )
  other.close()
  await store.close()
})

const unusable: readonly { readonly what: string; readonly make: (path: string) => string; readonly says: RegExp }[] = [
  {
    what: 'a directory that is not there',
    make: (path) => join(path, 'none', 'x.db'),
    says: /cannot be opened \[ENOENT\]/,
  },
  {
    what: 'a file that is no database',
    make: (path) => {
      writeFileSync(path, 'this is a text, and a long one, not a database at all. '.repeat(50))
      return path
    },
    says: /not an SQLite database \[SQLite code 26\]/,
  },
]
for (const { what, make, says } of unusable) {
  test(`${what} is a StoreError that says what to do`, async () => {
    const store = createSqliteStore(make(join(folder, what.replaceAll(' ', '-'))))
    await rejects(store.loadDefinitions(), (error: unknown) => {
      if (!(error instanceof StoreError)) throw error
      match(error.message, says)
      match(error.hint ?? '', /RCRON_DATABASE_URL/)
      return true
    })
    await store.close()
    await store.close()
  })
}
