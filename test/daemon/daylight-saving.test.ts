import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { CronRow } from '../../src/domain/rows.ts'
import { aMinuteLoop } from '../minutes/a-minute-loop.ts'
import { aCronRow } from '../support/builders.ts'
import { definitionsOf, snapshotOf } from './definitions.ts'
import { aFakeClock, aLab } from './lab.ts'

/** Clocks in central Europe go from 02:00 to 03:00 or from 03:00 to 02:00, in Britain from 01:00 to 02:00 or from 02:00 to 01:00: at 01:00 UTC all. */
const crons: readonly CronRow[] = [
  aCronRow({ id: 1, cron_name: 'berlin fixed', cron_min: '30', cron_hour: '2', timezone: 'Europe/Berlin' }),
  aCronRow({ id: 2, cron_name: 'berlin twice', cron_min: '15,45', cron_hour: '2', timezone: 'Europe/Berlin' }),
  aCronRow({ id: 3, cron_name: 'berlin wildcard', cron_min: '30', timezone: 'Europe/Berlin' }),
  aCronRow({ id: 4, cron_name: 'london fixed', cron_min: '30', cron_hour: '1', timezone: 'Europe/London' }),
  aCronRow({ id: 5, cron_name: 'tokyo fixed', cron_min: '30', cron_hour: '10', timezone: 'Asia/Tokyo' }),
]

/** Steps through `minutes` minutes from `start` on, and answers when each job fired. */
async function live(start: string, minutes: number): Promise<Readonly<Record<string, readonly string[]>>> {
  const { wake, clock, fired } = await aMinuteLoop(start, snapshotOf(definitionsOf(crons)))
  for (let passed = 0; passed < minutes; passed++) {
    await wake()
    await clock.advance(60_000)
  }
  const times: Record<string, string[]> = {}
  for (const text of fired()) {
    const [, job = '', time = ''] = /^(.*) \S*T(\S+)Z schedule$/.exec(text) ?? []
    times[job] = [...(times[job] ?? []), time]
  }
  return times
}

test('D3: in spring fixed times inside the gap fire once each, right after it; wildcard ones and other zones just go on', async () => {
  deepEqual(await live('2026-03-29T00:00:00Z', 180), {
    // Clocks in Berlin go from 01:59 (00:59 UTC) to 03:00 (01:00 UTC), in London from 00:59 to 02:00 at the same instant.
    'berlin wildcard': ['00:30', '01:30', '02:30'],
    'berlin fixed': ['01:00'],
    'berlin twice': ['01:00'],
    'london fixed': ['01:00'],
    'tokyo fixed': ['01:30'],
  })
})

test('D3: in autumn fixed times fire on the first pass only; wildcard ones on both, and every minute of the hour is planned', async () => {
  deepEqual(await live('2026-10-25T00:00:00Z', 180), {
    // 02:00–02:59 in Berlin comes twice, 01:00–01:59 in London at 00:00–01:59 UTC.
    'berlin fixed': ['00:30'],
    'berlin twice': ['00:15', '00:45'],
    'berlin wildcard': ['00:30', '01:30', '02:30'],
    'london fixed': ['00:30'],
    'tokyo fixed': ['01:30'],
  })
})

test('D3: a daemon in Berlin in autumn: fixed times fire once, wildcard ones on both passes, and the hour begins in time when it comes again', async (t) => {
  const jobs = [
    { cron_name: 'berlin fixed', cron_path: 'true', cron_min: '30', cron_hour: '2' },
    { cron_name: 'berlin wildcard', cron_path: 'true', cron_min: '0,30' },
    { cron_name: 'london fixed', cron_path: 'true', cron_min: '30', cron_hour: '1', timezone: 'Europe/London' },
  ]
  const lab = await aLab(t, jobs)
  const clock = aFakeClock(lab, 5_000, Date.parse('2026-10-25T00:30Z'))
  const daemon = lab.start({ environment: { ...clock.environment, TZ: 'Europe/Berlin' } })
  const comeTo = (time: string) => clock.move(Date.parse(time) - clock.now())
  const runs = (job: string, minute: string) =>
    daemon.event(
      `the end of ${job} in ${minute}`,
      (event) => event.msg === 'run ended' && event['job'] === job && event['minute'] === minute,
    )
  for (const { cron_name } of jobs) await runs(cron_name, '2026-10-25T00:30Z')
  comeTo('2026-10-25T00:59:59Z')
  await runs('berlin wildcard', '2026-10-25T01:00Z')
  comeTo('2026-10-25T01:30:00Z')
  await runs('berlin wildcard', '2026-10-25T01:30Z')
  await lab.planned(clock.now())
  comeTo('2026-10-26T01:30:00Z')
  for (const { cron_name } of jobs) await runs(cron_name, '2026-10-26T01:30Z')
  equal(await daemon.stop(), 0)

  const started = daemon.logged('run started')
  const startsOf = (name: string) => started.flatMap(({ job, minute }) => (job === name ? [minute] : []))
  deepEqual(startsOf('berlin fixed'), ['2026-10-25T00:30Z', '2026-10-26T01:30Z'])
  deepEqual(startsOf('london fixed'), ['2026-10-25T00:30Z', '2026-10-26T01:30Z'])
  const both = ['2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-26T01:30Z']
  deepEqual(startsOf('berlin wildcard'), both)
  const again = started.find(({ minute }) => minute === '2026-10-25T01:00Z')
  const lateMs = Date.parse(String(again?.['time'])) - Date.parse('2026-10-25T01:00Z')
  ok(lateMs < 2_000, `the hour that came again began ${lateMs} ms late`)
})
