import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent } from '../support/daemon.ts'
import { waitUntil } from '../support/wait-until.ts'
import { ComposeLab } from './compose-lab.ts'

const JOBS = ['backup', 'report', 'sync', 'uptime']

function succeeded(job: string) {
  return (event: LoggedEvent) => event['job'] === job && event['outcome'] === 'succeeded'
}

test('the compose file', { timeout: 45 * 60_000 }, async (t) => {
  await using lab = new ComposeLab()
  await lab.up()

  await t.test('fires all four actions', async () => {
    for (const job of ['backup', 'report', 'uptime']) await lab.event(`that ${job} succeeds`, succeeded(job))
    await lab.event('that sync has started', (event) => event['job'] === 'sync' && event.msg === 'run started')
    await lab.event('that sync is killed', (event) => event['job'] === 'sync' && event['outcome'] === 'killed')
  })

  await t.test('runs as an account without rights, on files that it cannot change', async () => {
    equal((await lab.compose('exec', '-T', 'rcron', 'id', '-u')).trim(), '10001')
    await rejects(lab.compose('exec', '-T', 'rcron', 'touch', '/opt/rcron/changed'), /[Rr]ead-only file system/)
  })

  await t.test('shows each service its own secrets alone', async () => {
    const list = async (service: string) =>
      (await lab.compose('exec', '-T', service, 'ls', '/secrets')).split('\n').filter(Boolean)
    deepEqual(await list('rcron'), ['cache-key', 'database-password', 'id_ed25519', 'id_ed25519.pub'])
    deepEqual(await list('mysql'), ['database-password'])
  })

  await t.test('is healthy', async () => {
    await waitUntil(
      'it is healthy',
      async () => ((await lab.inspect('{{.State.Health.Status}}')) === 'healthy' ? true : null),
      240_000,
    )
  })

  await t.test('reads its definitions at SIGHUP', async () => {
    const before = (await lab.events()).length
    await lab.compose('kill', '--signal', 'HUP', 'rcron')
    await waitUntil(
      'it has read them',
      async () =>
        (await lab.events()).slice(before).some(({ msg }) => /definitions read|reload/.test(msg)) ? true : null,
      60_000,
    )
  })

  await t.test('stops in time while a command runs, and adopts it at the next start', async () => {
    await waitUntil(
      'sync runs',
      async () =>
        (await lab.events()).findLast((event) => event['job'] === 'sync')?.msg === 'run started' ? true : null,
      120_000,
    )
    await lab.compose('stop', 'rcron')
    equal(await lab.inspect('{{.State.ExitCode}}'), '0')
    await lab.compose('start', 'rcron')
    const adopted = await lab.event('that a run was adopted', ({ msg }) => msg === 'run adopted')
    equal(adopted['job'], 'sync')
  })

  await t.test('knows its hosts again after "down" and "up"', async () => {
    await lab.compose('down')
    await lab.up()
    for (const job of ['backup', 'report', 'uptime']) await lab.event(`that ${job} succeeds`, succeeded(job))
    const refused = (await lab.events()).filter((event) => event['outcome'] === 'refused')
    deepEqual(refused, [])
  })

  await t.test('says nothing of secrets', async () => {
    const events = await lab.events()
    ok(JOBS.every((job) => events.some((event) => event['job'] === job)))
    const [password] = (await lab.compose('exec', '-T', 'rcron', 'cat', '/secrets/database-password')).split('\n')
    match(password ?? '', /^[0-9a-f]{64}$/)
    ok(!JSON.stringify(events).includes(password ?? ''))
  })
})
