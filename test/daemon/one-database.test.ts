import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { after, before, type TestContext, test } from 'node:test'
import { createMysqlLeaseTable } from '../../src/store/mysql/mysql-lease-table.ts'
import { aStateDirectory, type DaemonProcess, type LoggedEvent, rcron } from '../support/daemon.ts'
import { type Mariadb, startMariadb } from '../support/mariadb.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/wait-until.ts'
import { aFakeClock, aLab, minuteAt } from './lab.ts'
import { aMysqlLab } from './mysql-lab.ts'

/** Within 5 s; a machine under load takes several times as long to start a process. */
const REFUSED_MS = 20_000
/** A daemon that stood still waits so long for the database's answer. */
const CONFIRM_MS = 5_000

let mariadb: Mariadb
before(async () => {
  mariadb = await startMariadb()
})
after(() => mariadb.stop())

/** An installation of its own on that database. */
function elsewhere(t: TestContext, url: string): Readonly<Record<string, string>> {
  const state = aStateDirectory((clean) => t.after(clean))
  return { HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: url }
}

test('F11: two installations on one MySQL: the second daemon and a tick are refused by the name of the first, a stop makes room', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const first = start({ RCRON_HOSTNAME: 'cron1.example' })
  await first.ended('job', 'succeeded')
  const asked = performance.now()
  const refused = await Promise.all(['daemon', 'tick'].map((verb) => rcron([verb], elsewhere(t, mariadb.url))))
  ok(performance.now() - asked < REFUSED_MS, `it took ${performance.now() - asked} ms`)
  for (const { code, stderr } of refused) {
    equal(code, 1)
    match(stderr, new RegExp(`MySQL at .*database rcron: .*process ${first.pid} on cron1\\.example`))
    match(stderr, /RCRON_DATABASE_URL/)
  }
  equal((await rcron(['check'], elsewhere(t, mariadb.url))).code, 0)
  equal(await first.stop(), 0)

  const second = start()
  await second.ended('job', 'succeeded')
  equal(await second.stop(), 0)
  equal((await mariadb.query('select count(*) as holders from rcron_lease'))[0]?.['holders'], 0)
})

test('F11: the same installation starts at once after its own SIGKILL; a daemon whose lease another one took stops, and says why', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const state = aStateDirectory((clean) => t.after(clean))
  const own = { HOME: state, RCRON_STATE_DIR: state }
  const killed = start(own)
  await killed.said('definitions read')
  await killed.end()
  const restarted = start(own)
  await restarted.said('definitions read')
  equal(restarted.logged('another daemon held this database and shows no sign of life; waiting').length, 0)

  await mariadb.query("update rcron_lease set incarnation = 'other', installation = 'other', host = 'thief', pid = 5")
  // The other one lives.
  const beats = setInterval(() => void mariadb.query('update rcron_lease set beat = beat + 1').catch(() => {}), 200)
  t.after(() => clearInterval(beats))
  const told = await restarted.said('another daemon has taken over the database; stopping, so that nothing runs twice')
  equal(told.level, 'alarm')
  match(String(told['err']), /process 5 on thief/)
  equal(await restarted.exit(), 1)
  match(restarted.output, /another rcron daemon works on it, process 5 on thief/)
})

test('F11: a daemon that stood still while its successor took over plans no minute that the successor has planned', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const clock = aFakeClock({ state: aStateDirectory((clean) => t.after(clean)) }, 5_000)
  const first = start({ ...clock.environment, RCRON_HOSTNAME: 'cron1.example' })
  await first.ended('job', 'succeeded')
  first.signal('SIGSTOP')
  const second = start({ ...clock.environment, RCRON_HOSTNAME: 'cron2.example' })
  // The first one counts as dead after half a minute.
  await second.said('definitions read', 1, 90_000)
  await second.ended('job', 'succeeded')
  const minute = minuteAt(clock.moveBeforeNext(1_000))
  const runsOf = (daemon: DaemonProcess) => daemon.logged('run started').filter((event) => event['minute'] === minute)
  await until('the successor has planned the next minute', () => runsOf(second).length === 1)

  first.signal('SIGCONT')
  equal(await first.exit(), 1)
  match(first.output, /another rcron daemon works on it, process \d+ on cron2\.example/)
  deepEqual([runsOf(first).length, runsOf(second).length], [0, 1])
  equal(await second.stop(), 0)
})

test('F11: a daemon that stood still and has no successor fires the next minute in time, with the database away too', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const proxy = await startTcpProxy({ port: mariadb.port })
  t.after(() => proxy.close())
  const clock = aFakeClock({ state: aStateDirectory((clean) => t.after(clean)) }, 5_000)
  const url = mariadb.url.replace(`:${mariadb.port}/`, `:${proxy.port}/`)
  const daemon = start({ ...clock.environment, RCRON_DATABASE_URL: url })
  await daemon.ended('job', 'succeeded')
  /** How long after its boundary the next minute's run started. */
  const latenessAfterStandstill = async () => {
    daemon.signal('SIGSTOP')
    const boundary = clock.moveBeforeNext(100)
    await until('the boundary is past', () => clock.now() > boundary)
    const resumed = clock.now()
    daemon.signal('SIGCONT')
    const isIt = (event: LoggedEvent) => event.msg === 'run started' && event['minute'] === minuteAt(boundary)
    return Date.parse(String((await daemon.event('a start', isIt))['time'])) - resumed
  }
  const answered = await latenessAfterStandstill()
  ok(answered < CONFIRM_MS, `it started ${answered} ms late`)
  proxy.freeze()
  const silent = await latenessAfterStandstill()
  ok(silent < 2 * CONFIRM_MS, `it started ${silent} ms late`)
  proxy.cut()
  proxy.thaw()
  equal(await daemon.stop(), 0)
})

test('F11: a reload does not move a daemon to a database that another one works on', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const first = start()
  await first.said('definitions read')
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'true' }])
  const file = `${lab.state}/url`
  writeFileSync(file, `sqlite:${lab.database}`, { mode: 0o600 })
  const moving = lab.start({ environment: { RCRON_DATABASE_URL: '', RCRON_DATABASE_URL_FILE: file } })
  await moving.said('definitions read')
  writeFileSync(file, mariadb.url)
  await moving.reload()
  match(
    String((await moving.said('cannot use the new settings; keeping the old ones'))['err']),
    new RegExp(`process ${first.pid} on `),
  )
  equal(await first.stop(), 0)
  await moving.reload()
  await until('it has the lease', async () => {
    const [row] = await mariadb.query('select pid from rcron_lease')
    return row?.['pid'] === moving.pid
  })
  equal(await moving.stop(), 0)
})

const BY_LOCK =
  'cannot use rcron_lease: a server lock (GET_LOCK) keeps a second daemon out, but not one on another node of a Galera cluster'

/** A database without the table of the lease, and the URL of an account that may not make it. */
async function withoutTheRow(): Promise<string> {
  await mariadb.query(
    'drop table if exists rcron_lease',
    "drop user if exists plain@'%'",
    "create user plain@'%' identified by 'plain'",
    "grant select, update on rcron.* to plain@'%'",
  )
  return `mysql://plain:plain@127.0.0.1:${mariadb.port}/rcron`
}

test('F11: without the right to make the row, a lock of the server keeps the second daemon and a tick out, told once with what it lacks', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const url = await withoutTheRow()
  const first = start({ RCRON_DATABASE_URL: url })
  await first.ended('job', 'succeeded')
  const refused = await Promise.all(['daemon', 'tick'].map((verb) => rcron([verb], elsewhere(t, url))))
  for (const { code, stderr } of refused) {
    equal(code, 1)
    match(stderr, /another rcron daemon works on it, user plain at 127\.0\.0\.1:\d+ \(connection \d+\); two would/)
    match(stderr, /RCRON_DATABASE_URL/)
    doesNotMatch(stderr, /cannot confirm|Galera/)
  }
  const told = first.logged(BY_LOCK)
  equal(told.length, 1)
  match(
    String(told[0]?.['err']),
    /\(CREATE\).*grant this account .*create the table by hand.*create table if not exists/,
  )
  await first.end()

  const second = start({ RCRON_DATABASE_URL: url })
  await second.ended('job', 'succeeded')
  equal(await second.stop(), 0)
  const third = start({ RCRON_DATABASE_URL: url })
  await third.said('definitions read')
  equal(await third.stop(), 0)
})

test('F11: a lock that broke with its connection is taken again; where another one was faster the daemon stops, and says why', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const url = await withoutTheRow()
  const daemon = start({ RCRON_DATABASE_URL: url })
  await daemon.said('definitions read')
  const name = `rcron.${createHash('sha1').update('rcron').digest('hex')}`
  const holder = async () => Number((await mariadb.query(`select is_used_lock('${name}') as id`))[0]?.['id'] ?? 0)
  const held = await holder()
  await mariadb.query(`kill ${held}`)
  await until('it has the lock again', async () => ![0, held].includes(await holder()))

  const { port, database } = mariadb
  const own = { user: 'plain', password: 'plain', poolSize: 1, tls: null }
  const thief = createMysqlLeaseTable({ ...own, host: '127.0.0.1', port, database })
  t.after(() => thief.close())
  const row = { incarnation: 'b'.repeat(32), installation: 'b', host: 'thief', pid: 5, bootId: null, beat: '1' }
  await mariadb.query(`kill ${await holder()}`)
  await until('the thief has it', async () => {
    await thief.put(row, await thief.read())
    return await thief.beat(row.incarnation)
  })
  const beats = setInterval(() => void thief.beat(row.incarnation).catch(() => {}), 200)
  t.after(() => clearInterval(beats))
  const told = await daemon.said('another daemon has taken over the database; stopping, so that nothing runs twice')
  equal(told.level, 'alarm')
  match(String(told['err']), /another rcron daemon works on it, user plain at /)
  equal(await daemon.exit(), 1)
})

test('F11: two state directories on one SQLite file, by two names of it: the second is refused, and free at the first one’s death', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'true' }])
  const first = lab.start()
  await first.said('definitions read')
  const link = `${aStateDirectory((clean) => t.after(clean))}/link.db`
  symlinkSync(lab.database, link)
  const refused = await Promise.all(['daemon', 'tick'].map((verb) => rcron([verb], elsewhere(t, `sqlite:${link}`))))
  for (const { code, stderr } of refused) {
    equal(code, 1)
    match(stderr, new RegExp(`SQLite at ${link}: .*process ${first.pid} on this machine`))
  }
  await first.end()
  const second = lab.start({ environment: elsewhere(t, `sqlite:${link}`) })
  await second.said('definitions read')
  equal(await second.stop(), 0)
})
