import { equal, match } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { aFakeClock, aLab } from './lab.ts'

test('a host that is taken from the hosts of an auth gets no further run, over no connection that is open', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.ended('job', 'succeeded')
  lab.sql("update rcron_auth set hosts = 'db1.example.com, *.web.example.com'")
  await daemon.reload()
  clock.move(60_000)
  const { reason, detail } = await daemon.ended('job', 'refused')
  equal(await daemon.stop(), 0)
  equal(lab.read('runs'), 'ran\n')
  match(String(detail), /hosts: may not be used on 127\.0\.0\.1/)
  using database = new DatabaseSync(lab.database)
  equal(database.prepare('select errors from rcron_crons').get()?.['errors'], `refused: ${reason}`)
})

test('a row that names an endless file is refused, and the others run', async (t) => {
  const lab = await aLab(
    t,
    [
      { cron_name: 'bomb', cron_path: 'true', user: 2 },
      { cron_name: 'good', cron_path: 'true' },
    ],
    {
      auths: [{ user: 'bomb', password: '/proc/self/pagemap' }],
    },
  )
  const daemon = lab.start({ environment: aFakeClock(lab, 5_000).environment })
  await daemon.ended('good', 'succeeded')
  match(String((await daemon.ended('bomb', 'refused'))['detail']), /pagemap cannot be read \(kept by the kernel\)/)
  equal(await daemon.stop(), 0)
})
