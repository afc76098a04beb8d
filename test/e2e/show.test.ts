import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const deadPort = await freePort()
const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'backup', password: 'x' })
  const dead = await systems.add({ host: '127.0.0.1', port: deadPort, local_port: deadPort, name: 'dead' })
  const other = await systems.add({ host: 'localhost', port: deadPort, local_port: deadPort })
  const row = { enabled: 1, user, cron_min: '0', cron_hour: '1', cron_path: 'true' }
  for (const host of [dead, other]) await crons.add({ ...row, cron_name: 'dump', host, tags: 'nightly' })
  await crons.add({ ...row, cron_name: 'new\u001b[2J', host: dead, timezone: 'Asia/Kolkata' })
})
await once(rcron.start(['tick', '--at', '2026-03-01T01:00', 'dump']), 'exit')
await rcron.ok('cron', 'edit', 'dump', '--timeout', '2h', '--yes')

type Item = Readonly<Record<string, unknown>>
const itemOf = async (word: string) => ((await rcron.json('show', word)) as { items: readonly Item[] }).items[0] ?? {}

test('a job is shown with its definition, its ends, its next time and who changed it', async () => {
  const shown = await rcron.ok('show', 'dump')
  match(shown, /^job +dump \(failover\)\nstate +unreachable\ntags +nightly\nschedule +0 1 \* \* \* in UTC\n/)
  match(shown, /\nhosts +dead, localhost:\d+\n/)
  match(shown, /\nlimits +time-out 2 h 0 m\nnext +\S+T01:00Z, in \S+\n/)
  match(shown, /\n\nU\n1 unreachable \(U\)\n/)
  match(shown, /\n1 +dead +unreachable +- +\S+Z\n2 +localhost:\d+ +unreachable/)
  match(shown, /\n\S+Z +\S+ +edit +timeout_s null → 7200 \(2 rows\)\n$/)
})

test('NAME@HOST and an id mean one row, whose own runs count', async () => {
  const { rows, bar, last_outcome } = await itemOf('dump@dead')
  deepEqual([(rows as readonly Item[]).length, bar, last_outcome], [1, 'U', 'unreachable'])
  equal(((await itemOf('2'))['rows'] as readonly Item[]).length, 1)
})

test('what never ran is shown, in its own zone, and moves no terminal', async () => {
  const shown = await rcron.ok('show', '3')
  match(shown, /^job +new\\x1b\[2J \(failover\)\nstate +never ran\n/)
  match(shown, /\nnext +\S+T01:00\+05:30, in /)
})

test('what is not there ends with 4 and with what may have been meant', async () => {
  const { status, stderr } = await rcron.run(['show', 'dumb'])
  equal(status, 4)
  match(stderr, /there is no job "dumb"\nDid you mean dump\?/)
})

test('of a job that was removed the history is left', async () => {
  await rcron.ok('cron', 'remove', 'dump', '--yes')
  match(await rcron.ok('show', 'dump'), /^job +dump \(failover\)\nstate +removed, unreachable\nlast /)
})
