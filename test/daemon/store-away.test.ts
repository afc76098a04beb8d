import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { aStateDirectory, DaemonProcess } from '../support/daemon.ts'
import { type Mariadb, startMariadb } from '../support/mariadb.ts'
import { waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab, minuteAt } from './lab.ts'
import { aMysqlLab } from './mysql-lab.ts'

const MINUTE_MS = 60_000

let mariadb: Mariadb
before(async () => {
  mariadb = await startMariadb()
})
after(() => mariadb.stop())

test('B1: away in the middle: the last good definitions stay, one error; a stop does not wait for it; back: one line, records arrive', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const daemon = start()
  await daemon.ended('job', 'succeeded')
  await mariadb.kill()
  daemon.signal('SIGHUP')
  await daemon.said('store unavailable; using the last good definitions')
  await daemon.tells(/STATUS=1 of 1 crons enabled; 0 runs active; store unavailable, definitions from the store as of /)
  await mariadb.restart()
  await daemon.said('the store answers again')
  equal(daemon.logged('cannot read the store').length, 1)
  // Whether it was written before the store went, or waited for its return.
  await waitUntil(
    'the record of the run is there',
    async () => {
      const [row] = await mariadb.query('select last_run from rcron_crons')
      return /^20/.test(String(row?.['last_run'])) ? true : null
    },
    60_000,
  )
  equal(await daemon.stop(), 0)
})

test('B7: away at the start with a good cache: ready from the cache, which runs; a waiting record keeps no stopped daemon alive', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const before = start()
  await before.ended('job', 'succeeded')
  equal(await before.stop(), 0)
  await mariadb.kill()

  const daemon = start()
  equal((await daemon.said('definitions read'))['from'], 'cache')
  await daemon.tells(/READY=1/)
  await daemon.tells(
    /STATUS=1 of 1 crons enabled; \d runs active; store unavailable, definitions from the cache as of 20/,
  )
  equal((await daemon.said('store unavailable; using the last good definitions'))['from'], 'cache')
  await daemon.ended('job', 'succeeded')
  await daemon.said('store unavailable; run records queued')
  const asked = performance.now()
  equal(await daemon.stop(), 0)
  ok(performance.now() - asked < 4_500, `it took ${performance.now() - asked} ms`)
  await mariadb.restart()
})

test('B7: away at the start without a cache: ready for systemctl, says what it lacks, and begins when the store is there', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  await mariadb.kill()
  const daemon = start()
  await daemon.said('cannot read the store or a cache; nothing runs until one can be read')
  await daemon.tells(/READY=1/)
  await daemon.tells(/STATUS=no definitions yet: cannot read the store or a cache; retrying/)
  await mariadb.restart()
  equal((await daemon.said('definitions read'))['from'], 'store')
  await daemon.ended('job', 'succeeded')
  equal(daemon.logged('cannot read the store').length, 1)
  equal(await daemon.stop(), 0)
})

test('B3: a store that accepts and says nothing: stoppable while it is waited for', async (t) => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const state = aStateDirectory((clean) => t.after(clean))
  const { port } = server.address() as AddressInfo
  const daemon = new DaemonProcess({
    environment: { HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: `mysql://rcron@127.0.0.1:${port}/rcron` },
  })
  t.after(() => daemon.end())
  await Promise.all([once(server, 'connection'), daemon.said('rcron is starting')])
  const asked = performance.now()
  equal(await daemon.stop(), 0)
  ok(performance.now() - asked < 3_000, `it took ${performance.now() - asked} ms`)
})

test('B6: a table dropped while it runs: definitions stay, one error naming it; not made anew by a restart, which uses the cache', async (t) => {
  const start = await aMysqlLab(t, mariadb)
  const daemon = start()
  await daemon.ended('job', 'succeeded')
  await mariadb.query(
    'create table aside like rcron_crons',
    'insert into aside (id, cron_name, cron_path, enabled, host, user) select id, cron_name, cron_path, enabled, host, user from rcron_crons',
    'drop table rcron_crons',
  )
  daemon.signal('SIGHUP')
  match(String((await daemon.said('cannot read the store'))['err']), /rcron_crons is missing/)
  daemon.signal('SIGHUP')
  await daemon.said('reloading settings and definitions', 2)
  await daemon.tells(/STATUS=1 of 1 crons enabled; 0 runs active; store unavailable/)
  equal(await daemon.stop(), 0)
  equal(daemon.logged('cannot read the store').length, 1)

  const restarted = start()
  equal((await restarted.said('definitions read'))['from'], 'cache')
  await restarted.ended('job', 'succeeded')
  await mariadb.query('rename table aside to rcron_crons')
  await restarted.said('the store answers again')
  equal(await restarted.stop(), 0)
})

test('B8: all rows deleted: an answer, after which minutes are planned and nothing is due in them', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.ended('job', 'succeeded')
  lab.sql('delete from rcron_crons')
  await daemon.reload()
  const [changed] = daemon.logged('definitions changed')
  equal(`${changed?.['crons']} ${changed?.['removed']}`, '0 1')
  await daemon.tells(/STATUS=0 of 0 crons enabled; 0 runs active; definitions as of /)
  clock.move(MINUTE_MS)
  await lab.planned(clock.now())

  lab.sql(`insert into rcron_crons (cron_name, cron_path, enabled, host, user) values ('late', 'echo late', 1, 1, 1)`)
  await daemon.reload()
  clock.move(MINUTE_MS)
  await daemon.ended('late', 'succeeded')
  equal(await daemon.stop(), 0)
  equal(lab.read('runs'), 'ran\n')
  deepEqual(
    daemon.logged('run started').map(({ job, minute }) => [job, minute]),
    [
      ['job', minuteAt(clock.now() - 2 * MINUTE_MS)],
      ['late', minuteAt(clock.now())],
    ],
  )
})

test('B8: a row edited while its run is active: it stays the row, and is skipped while the run goes on', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'exec sleep 20' }])
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: { ...clock.environment, RCRON_DRAIN_SECONDS: '0' } })
  await daemon.said('run started')
  lab.sql(`update rcron_crons set cron_name = 'renamed', cron_path = 'echo edited', action = 1`)
  daemon.signal('SIGHUP')
  equal((await daemon.said('definitions changed'))['changed'], 1)
  clock.move(MINUTE_MS)
  const skipped = await daemon.said('run skipped')
  equal(`${skipped['cron']} ${skipped['job']}`, '1 renamed')
  equal(await daemon.stop(), 0)
})
