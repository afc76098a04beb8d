import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { FIRST_RCRON_TABLES } from '../integration/store/first-rcron.ts'
import { aStateDirectory, DaemonProcess } from '../support/daemon.ts'
import { startMariadb } from '../support/mariadb.ts'
import { startSshd } from '../support/sshd.ts'
import { waitUntil } from '../support/wait-until.ts'

test("the first rcron's tables on MariaDB and three OpenSSH servers: every action fires, at once and at the next minute", async (t) => {
  const mariadb = await startMariadb()
  t.after(() => mariadb.stop())
  const hosts = await Promise.all([startSshd(), startSshd(), startSshd()])
  for (const host of hosts) t.after(() => host.stop())
  await mariadb.query(...FIRST_RCRON_TABLES, ...rowsOf(hosts))
  const state = aStateDirectory((clean) => t.after(clean))
  const daemon = new DaemonProcess({
    environment: { HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: mariadb.url },
  })
  t.after(() => daemon.end())

  await daemon.ended('single', 'succeeded')
  await daemon.ended('second-takes-over', 'unreachable')
  const taken = await daemon.ended('second-takes-over', 'succeeded')
  await daemon.event('three failures', () => endsOf(daemon, 'shuffled').length === 3)
  await daemon.event('three successes', () => endsOf(daemon, 'everywhere').length === 3)
  equal(taken['cron'], 3)

  // The long one is killed at the next minute boundary and started anew.
  const killed = await daemon.ended('long', 'killed', 75_000)
  equal(killed['by'], 'clobber')
  await daemon.event(
    'the second start',
    (event) => event.msg === 'run started' && event['job'] === 'long' && event['minute'] !== killed['minute'],
  )
  await daemon.event('the second end', () => endsOf(daemon, 'single').length === 2)
  const minutes = endsOf(daemon, 'single').map((event) => event['minute'])
  equal(new Set(minutes).size, 2)

  const rows = await waitUntil('the rows hold what the runs left', async () => {
    const found = await mariadb.query('select cron_name, duration, errors from rcron_crons order by id')
    return found.filter(({ duration }) => duration !== null).length >= 7 ? found : null
  })
  const errors = new Map(rows.map((row) => [row['cron_name'], row['errors']]))
  equal(errors.get('single'), null)
  match(String(errors.get('shuffled')), /failed with exit code 7/)
  equal(await daemon.stop(), 0)
  ok(!daemon.output.includes(hosts[0].clientKey.contents.split('\n')[1] ?? 'missing'), 'no secret is in the log')
})

function endsOf(daemon: DaemonProcess, job: string) {
  return daemon.events.filter((event) => event['job'] === job && event.msg === 'run ended')
}

type Host = { readonly port: number; readonly user: string; readonly clientKey: { readonly contents: string } }

function rowsOf(hosts: readonly Host[]): readonly string[] {
  const key = (host: Host) => host.clientKey.contents.replaceAll('\n', '\\n')
  const systems = hosts.map(({ port }) => `('127.0.0.1', ${port}, ${port})`)
  const auths = hosts.map((host, at) => `('${host.user}', '${key(host)}', 'sum${at}')`)
  return [
    `insert into rcron_hosts (host, port, local_port) values ${systems.join(', ')}, ('127.0.0.1', 9, 9)`,
    `insert into rcron_auth (user, password, checksum) values ${auths.join(', ')}`,
    `insert into rcron_crons (cron_name, cron_path, enabled, host, user, action) values
      ('single', 'echo done', 1, 1, 1, 0),
      ('second-takes-over', 'echo taken', 1, 4, 1, 0), ('second-takes-over', 'echo taken', 1, 2, 2, 0),
      ('shuffled', 'exit 7', 1, 1, 1, 1), ('shuffled', 'exit 7', 1, 2, 2, 1), ('shuffled', 'exit 7', 1, 3, 3, 1),
      ('everywhere', 'echo here', 1, 1, 1, 2), ('everywhere', 'echo here', 1, 2, 2, 2), ('everywhere', 'echo here', 1, 3, 3, 2),
      ('long', 'exec sleep 300', 1, 3, 3, 3),
      ('off', 'echo never', 0, 1, 1, 0)`,
  ]
}
