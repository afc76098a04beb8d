import { equal } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aFakeClock, aLab } from './lab.ts'

test('@reboot crons run once after each boot of the machine, not at each start of the daemon', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'boot', cron_path: 'echo booted >> "$HOME/boots"', cron_min: '@reboot' }])
  const clock = aFakeClock(lab, 5_000)
  const start = () => {
    clock.move(60_000)
    return lab.start({ environment: clock.environment })
  }
  const first = start()
  await first.ended('boot', 'succeeded')
  first.signal('SIGHUP')
  await first.said('reloading settings and definitions')
  equal(await first.stop(), 0)

  const restarted = start()
  await restarted.tells(/READY=1/)
  equal(await restarted.stop(), 0)
  equal(restarted.logged('run started').length, 0)

  writeFileSync(join(lab.state, 'boot-id'), '00000000-0000-0000-0000-000000000000\n')
  const afterBoot = start()
  await afterBoot.ended('boot', 'succeeded')
  equal(await afterBoot.stop(), 0)
  equal(lab.read('boots'), 'booted\nbooted\n')
})
