import { deepEqual, equal } from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { until, waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab, UNTIL_GO } from './lab.ts'

test('F3: SIGKILL with a run that has ended, one under way and one not begun: the second is adopted and its end is exact, the last alone is told as missed, once', async (t) => {
  const lab = await aLab(t, [
    { cron_name: 'quick', cron_path: 'true' },
    { cron_name: 'first', cron_path: `echo first >> "$HOME/runs"; ${UNTIL_GO}; exit 7` },
    { cron_name: 'second', cron_path: 'echo second >> "$HOME/runs"' },
  ])
  const clock = aFakeClock(lab, 5_000)
  // One after the other: the second waits for its place, after its minute was marked and before it is handed over.
  const environment = { ...clock.environment, RCRON_MAX_CONCURRENT_RUNS: '1' }
  const killed = lab.start({ environment })
  await waitUntil('the first has begun', async () => (lab.read('runs') === '' ? null : true))
  const started = await killed.said('run started', 2)
  await killed.end()

  const daemon = lab.start({ environment })
  const missed = await daemon.said('run missed')
  deepEqual([missed['job'], missed['minute']], ['second', started['minute']])
  equal((await daemon.said('run adopted'))['run'], started['run'])
  clock.move(60_000)
  equal((await daemon.said('run skipped'))['job'], 'first')
  await daemon.ended('quick', 'succeeded')
  await daemon.ended('second', 'succeeded')
  lab.touch('go')
  const ended = await daemon.ended('first', 'failed')
  deepEqual([ended['exitCode'], ended['adopted'], ended['run']], [7, true, started['run']])
  equal(await daemon.stop(), 0)
  equal(lab.read('runs'), 'first\nsecond\n')
  equal(daemon.logged('run missed').length, 1)
  deepEqual(daemon.logged('minutes missed'), [])
})

test('C6: SIGKILL while a run of action 3 is active: the next minute kills the adopted run, and begins anew', async (t) => {
  const lab = await aLab(t, [
    {
      cron_name: 'long',
      cron_path: 'echo begun >> "$HOME/runs"; sleep 20; echo done >> "$HOME/runs"',
      action: 3,
      kill_grace_s: 1,
    },
  ])
  const clock = aFakeClock(lab, 5_000)
  const killed = lab.start({ environment: clock.environment })
  const started = await killed.said('run started')
  await killed.end()
  const daemon = lab.start({ environment: { ...clock.environment, RCRON_DRAIN_SECONDS: '0' } })
  await daemon.said('run adopted')
  clock.move(60_000)
  const ended = await daemon.ended('long', 'killed')
  deepEqual([ended['run'], ended['by']], [started['run'], 'clobber'])
  await daemon.said('run started')
  await until('it has begun anew', () => lab.read('runs') === 'begun\nbegun\n')
  clock.move(60_000)
  await daemon.event(
    'a second kill',
    () => daemon.logged('run ended').filter(({ outcome }) => outcome === 'killed').length === 2,
  )
  equal(await daemon.stop(), 0)
})

test('C6: SIGKILL while runs of actions 1 and 2 are active: of the first the firing is skipped, of the second the cron that is still active', async (t) => {
  const lab = await aLab(t, [
    { cron_name: 'shuffle', cron_path: `echo 1 >> "$HOME/shuffle"; ${UNTIL_GO}`, action: 1 },
    { cron_name: 'shuffle', cron_path: `echo 2 >> "$HOME/shuffle"; ${UNTIL_GO}`, action: 1 },
    { cron_name: 'all', cron_path: `echo 3 >> "$HOME/all"; ${UNTIL_GO}`, action: 2 },
    { cron_name: 'all', cron_path: 'echo 4 >> "$HOME/all"', action: 2 },
  ])
  const clock = aFakeClock(lab, 5_000)
  const killed = lab.start({ environment: clock.environment })
  await killed.ended('all', 'succeeded')
  await killed.said('run started', 3)
  await until('the long ones have begun', () => /^\d\n$/.test(lab.read('shuffle')) && lab.read('all').includes('3\n'))
  // Its end is told before its lock goes.
  await until(
    'only the long ones have locks',
    () => readdirSync(join(lab.state, 'locks')).filter((name) => name.endsWith('.rcron')).length === 2,
  )
  await killed.end()
  const [begun, all] = [lab.read('shuffle'), lab.read('all')]

  const daemon = lab.start({ environment: { ...clock.environment, RCRON_DRAIN_SECONDS: '0' } })
  await daemon.said('run adopted', 2)
  clock.move(60_000)
  await daemon.said('run skipped', 3)
  equal((await daemon.ended('all', 'succeeded'))['cron'], 4)
  const skipped = daemon
    .logged('run skipped')
    .map(({ cron, reason }) => [cron, / has been running since 20\d\d-/.test(String(reason))])
  deepEqual(skipped.sort(), [
    [1, true],
    [2, true],
    [3, true],
  ])
  deepEqual([lab.read('shuffle'), lab.read('all')], [begun, `${all}4\n`])

  lab.touch('go')
  await daemon.event('the ends of both', ({ adopted, outcome }) => adopted === true && outcome === 'succeeded')
  await daemon.said('run ended', 3)
  equal(await daemon.stop(), 0)
})

test('SIGKILL while a record waits for the store: the next start writes it, and the run is not repeated', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: `echo ran >> "$HOME/runs"; ${UNTIL_GO}; exit 5` }])
  const { environment } = aFakeClock(lab, 5_000)
  const killed = lab.start({ environment })
  await killed.said('run started')
  using connection = new DatabaseSync(lab.database)
  connection.exec('begin immediate')
  lab.touch('go')
  await killed.ended('job', 'failed')
  await killed.said('store unavailable; run records queued')
  await killed.end()
  connection.exec('rollback')

  const daemon = lab.start({ environment })
  await daemon.said('queued run records of an earlier process adopted')
  const errors = () => connection.prepare('select errors from rcron_crons').get()?.['errors']
  await until('the row says how it ended', () => errors() === 'failed with exit code 5')
  equal(await daemon.stop(), 0)
  equal(lab.read('runs'), 'ran\n')
})
