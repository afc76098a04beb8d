import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { aStateDirectory, type DaemonProcess } from '../support/daemon.ts'
import { type Mariadb, startMariadb } from '../support/mariadb.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until, waitUntil } from '../support/wait-until.ts'
import { aFakeClock, type FakeClock, minuteAt } from './lab.ts'
import { aMysqlLab } from './mysql-lab.ts'

/** How late a run may start for its minute to have fired in time. */
const IN_TIME_MS = 2_000

let mariadb: Mariadb
before(async () => {
  mariadb = await startMariadb()
})
after(() => mariadb.stop())

/** A step of the clock by more is a standstill, after which a daemon asks the database who works on it: 5 s at most. */
const NO_STANDSTILL_MS = 18_000

const aClock = (t: TestContext) => aFakeClock({ state: aStateDirectory((clean) => t.after(clean)) }, 5_000)

/** Lets `clock` come to the next minute, and answers with its name when the job's run in it has started in time, and succeeded. */
async function firesInTime(daemon: DaemonProcess, clock: FakeClock): Promise<string> {
  const boundary = clock.moveBeforeNext(1_000)
  const minute = minuteAt(boundary)
  const started = await daemon.event(`a start in ${minute}`, (event) => isOf(event, 'run started', minute))
  const lateMs = Date.parse(String(started['time'])) - boundary
  ok(lateMs < IN_TIME_MS, `it started ${lateMs} ms late`)
  const ended = await daemon.event(`an end in ${minute}`, (event) => isOf(event, 'run ended', minute))
  equal(ended['outcome'], 'succeeded')
  return minute
}

const isOf = (event: DaemonProcess['events'][number], msg: string, minute: string) =>
  event.msg === msg && event['minute'] === minute

/** When the job ran last, as its row says it; null before its first run. */
async function lastRun(): Promise<string | null> {
  const [row] = await mariadb.query('select last_run from rcron_crons')
  return (row?.['last_run'] ?? null) as string | null
}

/** Resolves when the daemon has asked the database anew who works on it. */
async function isHeardOf(): Promise<void> {
  const beat = async () => Number((await mariadb.query('select beat from rcron_lease'))[0]?.['beat'])
  const before = await beat()
  await until('two more questions', async () => (await beat()) >= before + 2)
}

/** Waits until the first run is on record and the store's answer to that has come too, and resolves to when it was. */
async function isRecorded(daemon: DaemonProcess): Promise<string> {
  const first = await waitUntil('the first run is recorded', lastRun)
  await daemon.reload()
  return first
}

test('B2, B3: the connection goes silent, and so does every new one: minutes fire in time, the age is told, records arrive after the thaw', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const proxy = await startTcpProxy({ port: mariadb.port })
  t.after(() => proxy.close())
  const clock = aClock(t)
  const url = mariadb.url.replace(`:${mariadb.port}/`, `:${proxy.port}/`)
  const daemon = start({ ...clock.environment, RCRON_DATABASE_URL: url })
  await daemon.ended('job', 'succeeded')
  await isRecorded(daemon)
  clock.moveBeforeNext(NO_STANDSTILL_MS)
  await isHeardOf()
  const first = await lastRun()

  proxy.freeze()
  daemon.signal('SIGHUP')
  const minute = await firesInTime(daemon, clock)
  match(String((await daemon.said('cannot read the store'))['err']), /no connection within the deadline/)
  const away = await daemon.said('store unavailable; using the last good definitions')
  deepEqual([away['from'], away['ageMinutes']], ['store', 1])
  await daemon.tells(
    /STATUS=1 of 1 crons enabled; \d runs active; store unavailable, definitions from the store as of /,
  )
  await daemon.said('store unavailable; run records queued')
  equal(await lastRun(), first)

  // What was held back is lost, or the record might arrive without being sent again.
  proxy.cut()
  proxy.thaw()
  await daemon.said('the store answers again')
  const recorded = minute.replace('T', ' ').replace('Z', ':')
  await until('that run is recorded', async () => (await lastRun())?.startsWith(recorded) === true)
  equal(await daemon.stop(), 0)
  equal(daemon.logged('cannot read the store').length, 1)
  equal(daemon.logged('store unavailable; run records queued').length, 1)
})

const faults: readonly {
  readonly what: string
  readonly spoil: readonly string[]
  readonly mend: readonly string[]
  readonly says: RegExp
  /** All that is told as an error while it lasts. */
  readonly errors: readonly string[]
}[] = [
  {
    what: 'access to the tables is denied',
    spoil: [`revoke all on rcron.* from rcron@'%'`, `grant insert on rcron.* to rcron@'%'`],
    mend: [`grant all on rcron.* to rcron@'%'`],
    says: /the user may not do this to the table/,
    errors: ['cannot read the store', 'store unavailable; run records queued'],
  },
  {
    what: 'a required column is missing',
    spoil: ['alter table rcron_crons rename column cron_dow to weekday'],
    mend: ['alter table rcron_crons rename column weekday to cron_dow'],
    says: /table rcron_crons lacks cron_dow/,
    errors: ['cannot read the store'],
  },
]

for (const { what, spoil, mend, says, errors } of faults) {
  test(`B6: ${what}: the last good definitions stay, a restart has them from the cache, one error while it lasts`, async (t) => {
    const start = await aMysqlLab(t, mariadb)
    t.after(() => mariadb.query(...mend).catch(() => {})) // Mended by then, unless the test has failed.
    const clock = aClock(t)
    const daemon = start(clock.environment)
    await daemon.ended('job', 'succeeded')
    await isRecorded(daemon)
    await mariadb.query(...spoil)
    await daemon.reload()
    match(String((await daemon.said('cannot read the store'))['err']), says)
    const recorded = (await firesInTime(daemon, clock)).replace('T', ' ').replace('Z', ':')
    // Stopped before that, it would tell that a record had to wait.
    if (errors.length > 1) await daemon.said('store unavailable; run records queued')
    else await until('the run is recorded', async () => (await lastRun())?.startsWith(recorded) === true)
    await daemon.reload()
    await daemon.tells(
      /STATUS=1 of 1 crons enabled; 0 runs active; store unavailable, definitions from the store as of /,
    )
    equal(await daemon.stop(), 0)
    deepEqual(errorsOf(daemon), errors)

    const restarted = start(clock.environment)
    equal((await restarted.said('definitions read'))['from'], 'cache')
    await restarted.ended('job', 'succeeded')
    await restarted.reload()
    await mariadb.query(...mend)
    await restarted.reload()
    await restarted.said('the store answers again')
    await firesInTime(restarted, clock)
    equal(await restarted.stop(), 0)
    deepEqual(errorsOf(restarted), errors)
  })
}

/** What was told as an error or an alarm, in order. */
function errorsOf(daemon: DaemonProcess): readonly string[] {
  return daemon.events.filter(({ level }) => level === 'error' || level === 'alarm').map(({ msg }) => msg)
}
