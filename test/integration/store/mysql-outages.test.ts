import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { after, afterEach, before, describe, type TestContext, test } from 'node:test'
import { MYSQL_DEADLINES } from '../../../src/store/mysql/mysql-options.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { FLAVOUR } from '../../support/server-flavour.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { until, waitUntil } from '../../support/wait-until.ts'
import { storeOn } from './store-on.ts'

const QUICK = { connectMs: 150, acquireMs: 400, queryMs: 100 }
/** On a loaded machine; a pool that is used up never comes back. */
const GENEROUS_MS = 3_000

let server: Mariadb
let store: SqlStore
const stores: SqlStore[] = []
before(async () => {
  server = await startMariadb({ variables: { max_connections: 10, ...FLAVOUR.toSeeStatements } })
  store = open()
  await store.applySchema(await store.planSchema())
  await store.editor.systems.add({ host: 'db1.example' })
  await store.editor.auths.add({ user: 'backup', password: 'hunter2' })
  await store.editor.crons.add({ cron_name: 'a', cron_path: '/a', host: 1, user: 1 })
})
afterEach(() => Promise.all(stores.splice(0).map((each) => each.close())))
after(() => server.stop())

function open(overrides: Parameters<typeof storeOn>[1] = {}): SqlStore {
  const opened = storeOn(server, overrides)
  stores.push(opened)
  return opened
}

/** Ids of our connections, as the server sees them. */
async function connections(): Promise<readonly number[]> {
  const rows = await server.query("select id from information_schema.processlist where user = 'rcron' order by id")
  return rows.map(({ id }) => Number(id))
}

/** Lets `store` open all the connections of its pool. */
async function fill(filled: SqlStore, count = 4): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => filled.loadDefinitions()))
}

/** Resolves when the whole pool answers, deadlines as short as they are: a busy machine misses some. */
function whole(asked: SqlStore): Promise<true> {
  const ask = () =>
    fill(asked).then(
      () => true as const,
      () => null,
    )
  return waitUntil('the whole pool answers', ask, 60_000)
}

async function refusal(asked: Promise<unknown>): Promise<StoreError> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof StoreError)) throw error ?? new Error('it did not fail')
  const said = JSON.stringify([error, error.message, error.hint, error.stack, error.cause])
  equal(/p@ss|hunter2|select `/.test(said), false, said)
  return error
}

describe('B1: connections that end', () => {
  for (const how of ['query', 'connection'] as const) {
    const kill = ({ connection }: Statement) => server.query(`kill ${how} ${connection}`)

    test(`a read whose ${how} is killed is asked again`, async (t) => {
      const holder = await holdTable(t, 'rcron_crons')
      const loading = open({ poolSize: 1 }).loadDefinitions()
      const first = await waitingStatement()
      await kill(first)
      await waitingStatement(first)
      await holder.release()
      equal((await loading).definitions.crons.length, 1)
    })

    test(`a read whose ${how} is killed twice is not asked a third time`, async (t) => {
      await holdTable(t, 'rcron_crons')
      const loading = refusal(open({ poolSize: 1 }).loadDefinitions())
      const first = await waitingStatement()
      await kill(first)
      await kill(await waitingStatement(first))
      match((await loading).message, /was (killed|lost|reset)/)
    })

    test(`a cron whose adding is ended by a kill of its ${how} is not added again`, async (t) => {
      const asked = open({ poolSize: 1 })
      const holder = await holdTable(t, 'rcron_crons')
      const adding = refusal(asked.editor.crons.add({ cron_name: 'killed', cron_path: '/a', host: 1, user: 1 }))
      await kill(await waitingStatement())
      match((await adding).message, /was (killed|lost|reset)/)
      await holder.release()
      deepEqual(await asked.editor.crons.find('killed'), [])
    })
  }

  test('a restart under an idle pool is not noticed', async () => {
    const asked = open()
    await fill(asked)
    await server.restart()
    await fill(asked)
    await server.kill()
    await server.restart()
    await asked.recordRun({ cronId: 1, lastRun: Date.UTC(2026, 0, 1), durationMs: 5, errors: null })
    equal((await asked.editor.crons.list())[0]?.row?.last_run, '2026-01-01 00:00:00')
  })

  test('while the server is away every question says so at once, and the next one after its return is answered', async () => {
    const asked = open()
    await fill(asked)
    await server.kill()
    for (let round = 0; round < 10; round += 1) {
      const error = await refusal(asked.loadDefinitions())
      match(error.message, /MySQL at 127\.0\.0\.1:\d+, database rcron: /)
    }
    match((await refusal(asked.loadDefinitions())).message, /nothing listens there \[ECONNREFUSED/)
    await server.restart()
    equal((await asked.loadDefinitions()).definitions.crons.length, 1)
  })

  test('connections that the server closed for idling are replaced', async () => {
    const asked = open()
    await server.query('set global wait_timeout = 1')
    await fill(asked)
    await server.query('set global wait_timeout = 28800')
    await until('the server closed them', async () => (await connections()).length === 0)
    await fill(asked)
  })

  test('a server without a free connection says how to give it one', async () => {
    const hogs = Array.from({ length: 4 }, () => open())
    const results = await Promise.allSettled(hogs.map((hog) => fill(hog)))
    const asked = open()
    const error = await refusal(Promise.all(Array.from({ length: 4 }, () => asked.loadDefinitions())))
    match(`${error.message} ${error.hint}`, /no connection left \[ER_CON_COUNT_ERROR.*max_connections/)
    ok(results.some(({ status }) => status === 'rejected'))
    await Promise.all(hogs.map((hog) => hog.close()))
    equal((await asked.loadDefinitions()).definitions.crons.length, 1)
  })
})

type Cut = {
  readonly what: string
  /** Part of the statement whose answer is cut off. */
  readonly statement: RegExp
  readonly ask: (store: SqlStore) => Promise<unknown>
  /** How often it is sent where every answer is cut off. */
  readonly sent: number
  /** Crons of that name afterwards. */
  readonly added?: number
}

describe('B1: answers that are cut off', () => {
  const add = (name: string) => (it: SqlStore) =>
    it.editor.crons.add({ cron_name: name, cron_path: '/a', host: 1, user: 1 })
  const record = { cronId: 1, lastRun: Date.UTC(2026, 0, 2), durationMs: 5, errors: null }
  const rows: readonly Cut[] = [
    { what: 'a read', statement: /from `rcron_crons`/, ask: (it) => it.loadDefinitions(), sent: 2 },
    { what: 'the record of a run', statement: /update `rcron_crons`/, ask: (it) => it.recordRun(record), sent: 2 },
    { what: 'the adding of a cron', statement: /insert into `rcron_crons`/, ask: add('cut'), sent: 1, added: 0 },
    { what: 'the commit of a new cron', statement: /\bcommit$/, ask: add('kept'), sent: 1, added: 1 },
  ]
  for (const { what, statement, ask, sent, added = 0 } of rows) {
    test(`${what} is sent ${sent === 1 ? 'once and never again' : 'again, once'}`, async (t) => {
      const line = await startCutting(t, statement)
      const asked = open({ port: line.port })
      line.cuts = Number.POSITIVE_INFINITY
      match((await refusal(ask(asked))).message, /connection was (lost|reset|closed)/)
      equal(line.sent, sent)
      const names = (await open().editor.crons.list()).map(({ name }) => name)
      equal(names.filter((name) => ['cut', 'kept'].includes(name)).length, added)
      if (sent === 1) return
      line.cuts = 1
      await ask(asked)
      equal(line.sent, 2 * sent)
    })
  }
})

/** A line to the server that is cut, as long as `cuts` says so, when the answer to `statement` comes. */
async function startCutting(t: TestContext, statement: RegExp) {
  const line = { port: 0, sent: 0, cuts: 0 }
  let isAnswerDue = false
  const proxy = await startTcpProxy({
    port: server.port,
    watch: (direction, chunk) => {
      if (direction === 'to-server' && statement.test(chunk.toString('latin1'))) {
        line.sent += 1
        isAnswerDue = true
      } else if (direction === 'to-client' && isAnswerDue) {
        isAnswerDue = false
        if (line.cuts-- > 0) proxy.cut()
      }
    },
  })
  t.after(() => proxy.close())
  line.port = proxy.port
  return line
}

describe('B2: connections that nobody answers on', () => {
  let proxy: TcpProxy
  before(async () => {
    proxy = await startTcpProxy({ port: server.port })
  })
  afterEach(() => proxy.thaw())
  after(() => proxy.close())

  test('twenty rounds: each question ends at its deadline, and the pool is whole afterwards', async () => {
    const asked = open({ port: proxy.port, deadlines: QUICK })
    await whole(asked)
    for (let round = 1; round <= 20; round += 1) {
      proxy.freeze()
      const began = performance.now()
      const answers = await Promise.allSettled(Array.from({ length: 6 }, () => asked.loadDefinitions()))
      const took = performance.now() - began
      deepEqual(new Set(answers.map(({ status }) => status)), new Set(['rejected']), `round ${round}`)
      ok(took < GENEROUS_MS, `round ${round} took ${took} ms`)
      proxy.thaw()
      await whole(asked)
      await until(`those of round ${round} are gone`, () => proxy.open <= 4)
    }
    await asked.close()
    await until('the proxy has no connection', () => proxy.open === 0)
  })

  test('a question that nobody answers says what was waited for', async () => {
    const asked = open({ port: proxy.port, deadlines: QUICK })
    await whole(asked)
    proxy.freeze()
    match((await refusal(asked.loadDefinitions())).message, /no answer within 100 ms/)
    proxy.thaw()
    await whole(asked)
    await asked.close()
  })

  test('a socket that nobody answers on is let go at once, not when the network says so', async () => {
    const asked = open({ port: proxy.port, deadlines: QUICK })
    await whole(asked)
    proxy.freeze()
    await Promise.allSettled(Array.from({ length: 4 }, () => asked.loadDefinitions()))
    // What is left are the proxy's own, two for each connection: a frozen proxy does not see that ours are gone.
    const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length
    await until('our sockets are gone', () => sockets() === 2 * proxy.open)
    proxy.thaw()
    await asked.close()
  })

  test('a frozen pool closes', async () => {
    const asked = open({ port: proxy.port })
    await fill(asked)
    proxy.freeze()
    await asked.close()
    await asked.close()
    proxy.thaw()
    await until('the proxy has no connection', () => proxy.open === 0)
  })
})

describe('B3: servers that greet late or never', { concurrency: true }, () => {
  const greeters: Server[] = []
  after(() => {
    for (const greeter of greeters) greeter.close()
  })

  async function listen(greet: (socket: Socket) => void): Promise<number> {
    const greeter = createServer((socket) => {
      socket.on('error', () => socket.destroy())
      greet(socket)
    }).listen(0, '127.0.0.1')
    await once(greeter, 'listening')
    greeters.push(greeter)
    return (greeter.address() as AddressInfo).port
  }

  const rows: readonly { readonly what: string; readonly greet: (socket: Socket) => void }[] = [
    { what: 'says nothing', greet: () => undefined },
    {
      what: 'greets a byte at a time',
      greet: (socket) => {
        const greeting = Buffer.concat([Buffer.from([74, 0, 0, 0, 10]), Buffer.alloc(70, 0x35)])
        let sent = 0
        const timer = setInterval(() => {
          socket.write(greeting.subarray(sent, sent + 1))
          sent += 1
        }, 20)
        socket.on('close', () => clearInterval(timer))
      },
    },
  ]
  for (const { what, greet } of rows) {
    test(`one that ${what} is given up at the deadline for connecting`, async (t) => {
      const asked = storeOn(server, { port: await listen(greet), deadlines: QUICK })
      t.after(() => asked.close())
      for (let round = 1; round <= 6; round += 1) {
        const began = performance.now()
        match((await refusal(asked.loadDefinitions())).message, /no connection within the deadline/)
        ok(performance.now() - began < GENEROUS_MS)
      }
    })
  }

  test('one that says nothing is given up after 5 s where no deadline is given', async (t) => {
    const asked = storeOn(server, { port: await listen(() => undefined) })
    t.after(() => asked.close())
    const began = performance.now()
    match((await refusal(asked.loadDefinitions())).message, /no connection within the deadline/)
    const took = performance.now() - began
    ok(took > 4_900 && took < 10_000, `took ${took} ms`)
  })

  test('one that speaks another protocol is refused', async (t) => {
    const asked = storeOn(server, {
      port: await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
      deadlines: QUICK,
    })
    t.after(() => asked.close())
    await rejects(asked.loadDefinitions(), StoreError)
  })
})

test('the deadlines are 5 s for connecting, 10 s for a free connection, 10 s for a statement', () => {
  deepEqual(MYSQL_DEADLINES, { connectMs: 5_000, acquireMs: 10_000, queryMs: 10_000 })
})

/** Locks a table as another client would, until released or the test is over. */
async function holdTable(t: TestContext, table: string): Promise<{ readonly release: () => Promise<void> }> {
  const { createConnection } = await import('mysql2/promise')
  const { port, user, password, database } = server
  const connection = await createConnection({ host: '127.0.0.1', port, user, password, database })
  t.after(() => connection.destroy())
  await connection.query(`lock tables ${table} write`)
  return { release: () => connection.end() }
}

type Statement = { readonly connection: number; readonly number: number }

/** Our statement that waits for a table; another one than `before`, which was killed. */
async function waitingStatement(before?: Statement): Promise<Statement> {
  return await waitUntil('a statement waits for the table', async () => {
    const rows = await server.query(FLAVOUR.waiting)
    const waiting = rows.map((row) => ({ connection: Number(row['connection']), number: Number(row['number']) }))
    return waiting.find((it) => it.connection !== before?.connection || it.number !== before.number) ?? null
  })
}
