import { deepEqual, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron({ RCRON_TIMEZONE: 'Europe/Berlin', RCRON_MAX_CONCURRENT_RUNS_PER_HOST: '1' })
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'backup', password: 'x' })
  const host = await systems.add({ host: 'db1' })
  const row = { cron_path: 'true', host, user, enabled: 1, cron_min: '30', cron_hour: '2' }
  for (const cron_name of ['one', 'two']) await crons.add({ ...row, cron_name })
  await crons.add({ ...row, cron_name: 'off', enabled: 0 })
})

test('a day is shown hour by hour, with its peak and the hosts that are given too much', async () => {
  const shown = await rcron.ok('load', '2026-03-28')
  match(shown, /^2026-03-28 in Europe\/Berlin: 2 starts\n +:00 .*\n00 \| {60}\|\n01 \| {60}\|\n02 \| {30}@ {29}\|\n/)
  match(
    shown,
    /\n2026-03-28T02:30\+01:00 {2}2 starts on 1 host\n! db1 is given 2 at 2026-03-28T02:30\+01:00, and takes 1 at once\n$/,
  )
})

test('on the day on which the clock goes forward the hour that it skips is not there, and what is due in it comes after', async () => {
  const { schema, items } = (await rcron.json('load', '2026-03-29')) as { schema: string; items: readonly unknown[] }
  deepEqual([schema, items], ['rcron.load.v1', [{ minute: '2026-03-29T03:00:00+02:00', starts: 2 }]])
})

test('what is no day is refused', async () => {
  const { status, stderr } = await rcron.run(['load', 'someday'])
  equal(status, 2)
  match(stderr, /someday.*is no day, expected today, tomorrow/)
})
