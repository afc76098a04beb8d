import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { rcron } from '../support/daemon.ts'
import { waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab, UNTIL_GO } from './lab.ts'

test('C5: a second daemon exits with 1 and names the first, a tick with 6; the first is not disturbed', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const first = lab.start()
  await first.ended('job', 'succeeded')
  const [second, tick] = await Promise.all([rcron(['daemon'], lab.environment), rcron(['tick'], lab.environment)])
  deepEqual([second.code, tick.code], [1, 6])
  for (const { stderr } of [second, tick]) {
    match(stderr, new RegExp(`state directory ${lab.state}: .*process ${first.pid}\\b`))
    match(stderr, /RCRON_STATE_DIR/)
  }
  equal(await first.stop(), 0)
  equal(lab.read('runs').slice(0, 4), 'ran\n')

  // It is free as soon as the first has gone, even by SIGKILL.
  const third = lab.start()
  await third.said('definitions read')
  await third.end()
  const fourth = lab.start()
  await fourth.said('definitions read')
  equal(await fourth.stop(), 0)
})

test('C5: ticks that overlap share the mark and the locks: the minute is run once, and the next skips what still runs', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: `echo ran >> "$HOME/runs"; ${UNTIL_GO}` }])
  const clock = aFakeClock(lab, 5_000)
  const environment = { ...lab.environment, ...clock.environment }
  const tick = () => rcron(['tick', '--json'], environment)
  const long = tick()
  await waitUntil('the command has begun', async () => (lab.read('runs') === '' ? null : true))
  const sameMinute = await tick()
  clock.move(60_000)
  const nextMinute = await tick()
  deepEqual([sameMinute.code, JSON.parse(sameMinute.stdout)], [0, []])
  equal(nextMinute.code, 1)
  equal(JSON.parse(nextMinute.stdout)[0].outcome, 'skipped')
  lab.touch('go')
  const { code, stdout } = await long
  equal(code, 0, stdout)
  equal(JSON.parse(stdout)[0].outcome, 'succeeded')
  equal(lab.read('runs'), 'ran\n')
})
