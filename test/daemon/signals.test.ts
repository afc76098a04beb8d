import { equal, match, ok } from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab, type Lab } from './lab.ts'

const MINUTE_MS = 60_000
const locksOf = ({ state }: Lab) => readdirSync(join(state, 'locks')).filter((name) => name.endsWith('.rcron'))
const begun = (lab: Lab) => waitUntil('the command has begun', async () => (lab.read('begun') === '' ? null : true))
/** Begins, takes so long, and says that it has done its work. */
const lasting = (seconds: number) => `echo >> "$HOME/begun"; sleep ${seconds}; echo >> "$HOME/done"`

test('D4: SIGTERM lets active runs end, and exits with 0', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'long', cron_path: lasting(1) }])
  const daemon = lab.start({ environment: { RCRON_DRAIN_SECONDS: '30' } })
  await begun(lab)
  equal(await daemon.stop(), 0)
  equal(daemon.logged('run ended')[0]?.['outcome'], 'succeeded')
  equal(lab.read('done'), '\n')
  equal(locksOf(lab).length, 0)
  await daemon.tells(/STOPPING=1/)
})

test('D4: what does not end in time is left alive under its lock, and adopted by the next start', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'long', cron_path: lasting(5) }])
  const { environment } = aFakeClock(lab, 5_000)
  const first = lab.start({ environment: { ...environment, RCRON_DRAIN_SECONDS: '1' } })
  await begun(lab)
  const asked = performance.now()
  equal(await first.stop(), 0)
  ok(performance.now() - asked < 4_500, `it took ${performance.now() - asked} ms`)
  equal(first.logged('runs left running; the next start will adopt them')[0]?.['active'], 1)
  equal(lab.read('done'), '')
  equal(locksOf(lab).length, 1)

  const second = lab.start({ environment })
  const adopted = await second.said('run adopted')
  equal(adopted['run'], first.logged('run started')[0]?.['run'])
  const ended = await second.said('run ended')
  equal(ended['outcome'], 'succeeded')
  equal(lab.read('begun') + lab.read('done'), '\n\n')
  // An end is told before the lock goes.
  equal(await second.stop(), 0)
  equal(locksOf(lab).length, 0)
})

test('D4: a second SIGTERM ends it at once, with the run left alive', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'long', cron_path: lasting(3) }])
  const daemon = lab.start({ environment: { RCRON_DRAIN_SECONDS: '600' } })
  await begun(lab)
  daemon.signal('SIGTERM')
  await daemon.said('waiting for active runs to end')
  const asked = performance.now()
  equal(await daemon.stop(), 0)
  // The drain would take ten minutes.
  ok(performance.now() - asked < 10_000, `it took ${performance.now() - asked} ms`)
  equal(locksOf(lab).length, 1)
  await waitUntil('the command has done its work', async () => (lab.read('done') === '' ? null : true))
})

test('D4: SIGHUP with a configuration that cannot be used: one error, the old one stays, definitions are read', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'old', cron_path: 'echo old >> "$HOME/runs"' }])
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.ended('old', 'succeeded')
  writeFileSync(join(lab.state, '.env'), 'RCRON_TIMEZONE=Mars/Olympus\nRCRON_CACHE_STALE_MINUTES=0\n')
  lab.sql(`update rcron_crons set cron_name = 'new', cron_path = 'echo new >> "$HOME/runs"'`)
  daemon.signal('SIGHUP')
  const changed = await daemon.said('definitions changed')
  equal(changed['changed'], 1)
  const errors = daemon.events.filter(({ level }) => level === 'error')
  equal(errors.length, 1)
  match(String(errors[0]?.['err']), /RCRON_CACHE_STALE_MINUTES: .*\nRCRON_TIMEZONE: found "Mars\/Olympus"/)
  clock.move(MINUTE_MS)
  await daemon.ended('new', 'succeeded')
  equal(lab.read('runs'), 'old\nnew\n')
  equal(await daemon.stop(), 0)
})

test('SIGHUP puts other settings in force, and says which of them wait for the next start', async (t) => {
  const lab = await aLab(t, [])
  const daemon = lab.start()
  await daemon.said('definitions read')
  writeFileSync(join(lab.state, '.env'), `RCRON_DRAIN_SECONDS=7\nRCRON_MAX_CONCURRENT_RUNS=3\n`)
  daemon.signal('SIGHUP')
  const waiting = await daemon.said('changed settings take effect only at the next start')
  equal(JSON.stringify(waiting['settings']), '["limits"]')
  equal(await daemon.stop(), 0)
})

test('SIGHUPs in quick succession are obeyed, and none of them costs a minute', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.ended('job', 'succeeded')
  clock.move(MINUTE_MS)
  for (let sent = 0; sent < 20; sent++) daemon.signal('SIGHUP')
  await daemon.said('reloading settings and definitions')
  await daemon.event('a second run', () => daemon.logged('run ended').length === 2)
  lab.sql('update rcron_crons set enabled = 0')
  daemon.signal('SIGHUP')
  await daemon.said('definitions changed')
  equal(daemon.events.filter(({ level }) => level === 'error').length, 0)
  equal(await daemon.stop(), 0)
})

test('SIGINT stops it as SIGTERM does', async (t) => {
  const lab = await aLab(t, [])
  const daemon = lab.start()
  await daemon.tells(/READY=1/)
  daemon.signal('SIGINT')
  equal(await daemon.exit(), 0)
})
