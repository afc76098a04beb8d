import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { DaemonProcess } from '../support/daemon.ts'
import { until } from '../support/wait-until.ts'
import { aFakeClock, aLab, minuteAt } from './lab.ts'

const MINUTE_MS = 60_000
/** Signs of life come every 1.2 s then, so that a look at the clock, every second, is always in between. */
const SIGNS_OF_LIFE = { WATCHDOG_USEC: '2400000' }
const APPEND = [{ cron_name: 'append', cron_path: 'echo ran >> "$HOME/runs"', action: 2 }] as const

/** The minutes of the job's runs, in the order in which they were told, skipped ones included. */
function minutesOf(daemon: DaemonProcess): readonly string[] {
  const told = daemon.events.filter(({ msg }) => msg === 'run ended' || msg === 'run skipped')
  return told.map((event) => String(event['minute']))
}

async function fires(daemon: DaemonProcess, minute: string): Promise<void> {
  await daemon.event(`a run of ${minute}`, () => minutesOf(daemon).includes(minute))
}

/** Resolves when the daemon has looked at the clock, whatever it made of that. */
async function looksAtClock(daemon: DaemonProcess): Promise<void> {
  const signs = () => daemon.notified.split('WATCHDOG=1').length
  const before = signs()
  await until('it has given two signs of life', () => signs() >= before + 2)
}

test('D1: an event loop that is blocked over a boundary fires late, once', async (t) => {
  const lab = await aLab(t, APPEND)
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  const first = minuteAt(clock.now())
  await fires(daemon, first)
  const boundary = clock.moveBeforeNext(3_000)
  daemon.signal('SIGSTOP')
  await until('the boundary is past', () => clock.now() > boundary + 1_500)
  daemon.signal('SIGCONT')
  await fires(daemon, minuteAt(boundary))
  equal(await daemon.stop(), 0)
  deepEqual(minutesOf(daemon), [first, minuteAt(boundary)])
  equal(lab.read('runs'), 'ran\nran\n')
})

test('D2: a clock that steps 3 min and 3 h ahead, 2 min and 4 h back: what the rules say, and no minute twice', async (t) => {
  const lab = await aLab(t, APPEND)
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: { ...clock.environment, ...SIGNS_OF_LIFE } })
  const start = clock.now()
  const at = (minutes: number) => minuteAt(start + minutes * MINUTE_MS)
  await fires(daemon, at(0))

  clock.move(3 * MINUTE_MS)
  for (const minutes of [1, 2, 3]) await fires(daemon, at(minutes))

  clock.move(180 * MINUTE_MS)
  const missed = await daemon.said('minutes missed')
  deepEqual([missed['job'], missed['count'], missed['first'], missed['last']], ['append', 174, at(4), at(177)])
  for (const minutes of [178, 179, 180, 181, 182, 183]) await fires(daemon, at(minutes))

  // Back by 2 min nothing is due until time has passed what was planned.
  clock.move(-2 * MINUTE_MS)
  await looksAtClock(daemon)
  clock.move(3 * MINUTE_MS)
  await fires(daemon, at(184))

  clock.move(-240 * MINUTE_MS)
  await fires(daemon, at(-56))
  clock.move(MINUTE_MS)
  await fires(daemon, at(-55))
  equal(await daemon.stop(), 0)

  const minutes = minutesOf(daemon)
  equal(new Set(minutes).size, minutes.length, `a minute came twice: ${minutes.join(' ')}`)
  equal(minutes.length, 13)
  const ran = daemon.logged('run ended').filter(({ outcome }) => outcome === 'succeeded').length
  equal(lab.read('runs'), 'ran\n'.repeat(ran))
  ok(ran >= 5)
})

test('D2: a suspend of 3 min: caught up minute by minute, oldest first, and told as such', async (t) => {
  // Whichever minutes these are, each belongs to one of them.
  const crons = ['*/3', '1-59/3', '2-59/3'].map((cron_min) => ({ cron_name: cron_min, cron_path: 'true', cron_min }))
  const lab = await aLab(t, crons)
  const clock = aFakeClock(lab, 5_000)
  // One at a time, so that they end in the order in which they were fired.
  const daemon = lab.start({ environment: { ...clock.environment, RCRON_MAX_CONCURRENT_RUNS: '1' } })
  const at = (minutes: number) => minuteAt(start + minutes * MINUTE_MS)
  const start = clock.now()
  await fires(daemon, at(0))
  daemon.signal('SIGSTOP')
  clock.move(3 * MINUTE_MS)
  daemon.signal('SIGCONT')
  await fires(daemon, at(3))
  equal(await daemon.stop(), 0)
  deepEqual(
    daemon.logged('run ended').map(({ minute, how, outcome }) => [minute, how, outcome]),
    [
      [at(0), 'schedule', 'succeeded'],
      [at(1), 'catch-up', 'succeeded'],
      [at(2), 'catch-up', 'succeeded'],
      [at(3), 'schedule', 'succeeded'],
    ],
  )
})
