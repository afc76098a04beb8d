import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { aStateDirectory, rcron } from '../support/daemon.ts'
import { startMariadb } from '../support/mariadb.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/wait-until.ts'
import { aMysqlLab } from './mysql-lab.ts'

const EXPIRED = /certificate is not accepted: it has expired \[.*\]; renew it on the server/

test('B4: a certificate that has expired is told once of the store and once of the lease by a daemon, which asks on in peace and can be stopped, and by check', async (t) => {
  const mariadb = await startMariadb({ certificateFor: 'localhost', certificateFlaw: 'expired' })
  t.after(() => mariadb.stop())
  const start = await aMysqlLab(t, mariadb)
  const proxy = await startTcpProxy({ port: mariadb.port })
  t.after(() => proxy.close())
  const state = aStateDirectory((clean) => t.after(clean))
  const ca = `${state}/ca.pem`
  writeFileSync(ca, mariadb.ca ?? '')
  const environment = {
    RCRON_DATABASE_URL: mariadb.url.replace(/127\.0\.0\.1:\d+/, `localhost:${proxy.port}`),
    RCRON_DATABASE_SSL_CA: ca,
  }
  const asked = performance.now()
  const daemon = start(environment)
  // At first by both the store and the lease, which asks every other second; the store ever less often.
  await until('it has been asked often', () => proxy.accepted >= 8, 60_000)
  ok(performance.now() - asked > 4_000, `8 connections in ${performance.now() - asked} ms`)
  const told = daemon.events.filter(({ err }) => EXPIRED.test(String(err)))
  deepEqual(
    told.map(({ level, msg }) => [level, msg]),
    [
      ['warn', 'cannot confirm the lease on the database; retrying'],
      ['error', 'cannot read the store'],
    ],
  )
  equal(await daemon.stop(), 0)

  const own = { HOME: state, RCRON_STATE_DIR: state, ...environment }
  const { code, stderr, stdout } = await rcron(['check'], own)
  equal(code, 1)
  match(`${stdout}${stderr}`.replaceAll('\n', ' '), /it has expired .*renew it on the server/)
})
