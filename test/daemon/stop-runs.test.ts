import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until, waitUntil } from '../support/wait-until.ts'
import { aLab } from './lab.ts'

const ENVIRONMENT = { RCRON_STOP_RUNS: 'kill', RCRON_DRAIN_SECONDS: '1' }

test('D4: told to kill them, a stopping daemon ends what lasts longer than it waits, confirmed and recorded', async (t) => {
  const lab = await aLab(t, [
    { cron_name: 'plain', cron_path: 'echo plain >> "$HOME/begun"; exec sleep 300' },
    {
      cron_name: 'stubborn',
      cron_path: 'trap "" TERM; echo stubborn >> "$HOME/begun"; while :; do sleep 0.2; done',
      action: 3,
      kill_grace_s: 1,
    },
  ])
  const daemon = lab.start({ environment: ENVIRONMENT })
  await until('both have begun', () => lab.read('begun').split('\n').length === 3)
  const asked = performance.now()
  equal(await daemon.stop(), 0)
  ok(performance.now() - asked < 12_000, `it took ${performance.now() - asked} ms`)
  const ends = daemon.logged('run ended').map(({ job, outcome, by }) => [job, outcome, by])
  deepEqual(ends.toSorted(), [
    ['plain', 'killed', 'shutdown'],
    ['stubborn', 'killed', 'shutdown'],
  ])
  deepEqual(
    readdirSync(join(lab.state, 'locks')).filter((name) => name.endsWith('.rcron')),
    [],
  )
  equal(daemon.logged('runs left running; the next start will adopt them').length, 0)
})

test('D4: what cannot be confirmed dead stays under its lock, and is told', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'out-of-reach', cron_path: 'echo >> "$HOME/begun"; exec sleep 20' }])
  const daemon = lab.start({ environment: ENVIRONMENT })
  await waitUntil('it has begun', async () => (lab.read('begun') === '' ? null : true))
  await lab.hosts[0]?.stop()
  equal(await daemon.stop(), 0)
  equal(daemon.logged('cannot confirm that run is dead').length, 1)
  equal(daemon.logged('runs left running; the next start will adopt them')[0]?.['active'], 1)
  equal(readdirSync(join(lab.state, 'locks')).filter((name) => name.endsWith('.rcron')).length, 1)
})

test('D4: a second SIGTERM leaves at once, whatever is being killed', async (t) => {
  const lab = await aLab(t, [
    {
      cron_name: 'stubborn',
      cron_path: 'trap "" TERM; echo >> "$HOME/begun"; for turn in $(seq 100); do sleep 0.2; done',
      kill_grace_s: 60,
    },
  ])
  const daemon = lab.start({ environment: ENVIRONMENT })
  await waitUntil('it has begun', async () => (lab.read('begun') === '' ? null : true))
  daemon.signal('SIGTERM')
  await daemon.said('drain time is over; killing active runs')
  const asked = performance.now()
  daemon.signal('SIGTERM')
  equal(await daemon.exit(), 0)
  ok(performance.now() - asked < 3_000, `it took ${performance.now() - asked} ms`)
})
