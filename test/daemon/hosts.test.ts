import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { HostList } from '../../src/control/hosts/host-schemas.ts'
import { rcron } from '../support/daemon.ts'
import { aLab } from './lab.ts'

/** Due on no day of this century but for one. */
const NEVER = { cron_min: '0', cron_hour: '0', cron_dom: '29', cron_mon: '2', cron_dow: '*' } as const

test('hosts that can be reached, that refuse a login and that are gone are told apart', async (t) => {
  const jobs = [
    { cron_name: 'good', on: 1 },
    // By the key of the first host, which the second does not know.
    { cron_name: 'locked', on: 2, user: 1 },
    { cron_name: 'gone', on: 3 },
    { cron_name: 'later', on: 4 },
  ]
  const lab = await aLab(
    t,
    jobs.map((job) => ({ ...NEVER, cron_path: 'true', ...job })),
    { hosts: 4 },
  )
  const [good, locked, gone, later] = lab.hosts.map(({ port }) => port)
  const daemon = lab.start()
  await daemon.tells(/READY=1/)
  const run = (...words: string[]) => rcron(words, lab.environment)
  const list = async () => JSON.parse((await run('hosts', '--json')).stdout) as HostList
  const states = async () => (await list()).items.map(({ port, state }) => [port, state])
  const untried = [good, locked, gone, later].map((port) => [port, 'untried'])
  deepEqual((await states()).sort(), untried.sort())

  await lab.hosts[2]?.kill()
  equal((await run('run', 'good', '--wait')).code, 0)
  equal((await run('run', 'locked', '--wait')).code, 20)
  equal((await run('run', 'gone', '--wait')).code, 20)
  deepEqual(await states(), [
    [gone, 'unreachable'],
    [locked, 'waiting'],
    [good, 'reachable'],
    [later, 'untried'],
  ])
  const { schema, items } = await list()
  equal(schema, 'rcron.hosts.v1')
  match(items[0]?.reason ?? '', /refused|ECONNREFUSED/)
  deepEqual(
    items[1]?.logins.map(({ user, refusals }) => [user, refusals]),
    [[lab.hosts[0]?.user, 1]],
  )

  equal((await run('pause', `system:127.0.0.1:${good}`, '--reason', 'its disks')).code, 0)
  const { code, stdout, stderr } = await run('hosts')
  equal(code, 0)
  match(stdout, /^host +state +since +runs +jobs +crons +note\n/)
  match(
    stdout,
    new RegExp(`^127\\.0\\.0\\.1:${locked} +waiting +\\S+ +0/\\d+ +1 +1 +no login as \\S+ before \\S+, after 1`, 'm'),
  )
  match(stdout, new RegExp(`^127\\.0\\.0\\.1:${good} +reachable, paused +.*is paused until .*its disks$`, 'm'))
  match(stderr, /^4 hosts, 1 unreachable, 1 waiting\. "rcron test HOST" logs in/)

  const some = JSON.parse((await run('hosts', `*:${later}`, '--json')).stdout) as HostList
  deepEqual(
    some.items.map(({ port }) => port),
    [later],
  )
  const none = await run('hosts', 'elsewhere')
  equal(none.code, 4)
  match(none.stderr, /elsewhere: no cron has such a host\n"rcron hosts" lists them all/)
})
