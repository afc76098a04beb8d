import { deepEqual, equal, rejects } from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { SqliteThread } from '../../../src/store/sqlite/sqlite-thread.ts'
import { threadProgram } from '../../../src/store/sqlite/thread-program.ts'
import { describeStore } from './store-suite.ts'

const COUNTED = 'with recursive counted(i) as (select 1 union all select i + 1 from counted where i < 3000000)'

/** A directory that goes with the test, and a thread that ends before. */
function aThread(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-thread-'))
  const thread = new SqliteThread()
  t.after(async () => {
    await thread[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  return { folder, thread }
}

async function aMadeStore(path: string, thread: SqliteThread) {
  const store = createSqliteStore(path, { thread })
  await store.applySchema(await store.planSchema())
  return store
}

describeStore('SQLite, written in a thread', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-thread-suite-'))
  const path = join(folder, 'suite.db')
  const thread = new SqliteThread()
  const store = createSqliteStore(path, { thread })
  await store.planSchema()
  const beside = new DatabaseSync(path, { timeout: 5_000 })
  return {
    store,
    another: () => createSqliteStore(path, { thread }),
    query: async (sql) => beside.prepare(sql).all(),
    end: async () => {
      beside.close()
      await store.close()
      await thread[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
})

test('what a thread writes is readable by its owner alone', async (t) => {
  const { folder, thread } = aThread(t)
  const path = join(folder, 'private.db')
  const store = await aMadeStore(path, thread)
  await store.editor.systems.add({ host: 'one.example' })
  for (const file of [path, `${path}-wal`, `${path}-shm`]) equal(statSync(file).mode & 0o777, 0o600, file)
  await store.close()
})

test('a statement that takes long in the thread holds nobody up', async (t) => {
  const { folder, thread } = aThread(t)
  const file = await thread.open(join(folder, 'long.db'), 20)
  let isOver = false
  const long = file.ask(`${COUNTED} select count(*) as n from counted`).finally(() => {
    isOver = true
  })
  await new Promise((resolve) => setTimeout(resolve, 1))
  equal(isOver, false, 'the event loop turns while it counts')
  deepEqual((await long).rows, [{ n: 3_000_000n }])
  await file.close()
})

test('an error of SQLite comes over with its code', async (t) => {
  const { folder, thread } = aThread(t)
  const file = await thread.open(join(folder, 'error.db'), 20)
  await rejects(file.ask('select * from nowhere'), { message: 'no such table: nowhere', errcode: 1 })
  await rejects(thread.open(join(folder, 'none', 'x.db'), 20), { errcode: 14 })
  await file.close()
  await rejects(file.ask('select 1'), /the file has been closed/)
})

test('a thread that ends in the middle of a transaction leaves nothing half done, and the next question has another one', async (t) => {
  const { folder } = aThread(t)
  const fragile = `require('node:worker_threads').parentPort.on('message', ({ values }) => {
    if (values?.[0] === 'end') process.exit(1)
  })`
  const thread = new SqliteThread(`${fragile};(${threadProgram.toString()})()`)
  t.after(() => thread[Symbol.asyncDispose]())
  const path = join(folder, 'ended.db')
  const store = await aMadeStore(path, thread)
  const file = await thread.open(path, 20)
  await file.ask('begin immediate')
  await file.ask("insert into rcron_hosts (host) values ('half.example')")
  await rejects(file.ask('select ?', ['end']), /the thread of the database has ended/)
  equal(file.isOpen, false)
  await rejects(file.ask('commit'), /the thread of the database has ended/)
  await store.editor.systems.add({ host: 'after.example' })
  const { systems } = (await store.loadDefinitions()).definitions
  deepEqual(
    systems.map(({ host }) => host),
    ['after.example'],
  )
  await store.close()
})

test('a file that another one was moved over is noticed by who writes in a thread', async (t) => {
  const { folder, thread } = aThread(t)
  const [path, other] = [join(folder, 'rcron.db'), join(folder, 'other.db')]
  const made = await aMadeStore(other, thread)
  await made.editor.systems.add({ host: 'then.example' })
  await made.close()
  const store = await aMadeStore(path, thread)
  await store.editor.systems.add({ host: 'lost.example' })
  renameSync(other, path)
  await store.editor.systems.add({ host: 'later.example' })
  const { systems } = (await store.loadDefinitions()).definitions
  deepEqual(
    systems.map(({ host }) => host),
    ['then.example', 'later.example'],
  )
  await store.close()
})

test('a thread that is closed answers nobody, and does not keep the process alive', async (t) => {
  const { folder, thread } = aThread(t)
  const file = await thread.open(join(folder, 'closed.db'), 20)
  await thread[Symbol.asyncDispose]()
  equal(file.isOpen, false)
  await rejects(thread.open(join(folder, 'closed.db'), 20), /has been closed/)
})
