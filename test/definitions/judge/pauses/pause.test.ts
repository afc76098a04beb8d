import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { judgePauses } from '../../../../src/definitions/judge/pauses/judge-pause.ts'
import { inForceAt, pausedReason, pauseOf } from '../../../../src/definitions/judge/pauses/pause.ts'
import { MS_PER_MINUTE } from '../../../../src/domain/minute.ts'
import type { PauseRow } from '../../../../src/domain/pauses/pause-row.ts'
import { nextMinutes } from '../../../../src/schedule/next-minutes.ts'
import { aCron, aSystem } from '../../../support/builders.ts'
import { aPause, aPauseRow } from '../../../support/pauses.ts'

const at = (text: string) => Date.parse(text)
const dump = aCron({ id: 7, name: 'dump', tags: ['prod', 'db'], system: aSystem({ id: 3, host: 'db1', port: 2222 }) })

const NAMED: readonly (readonly [Partial<PauseRow>, boolean, string])[] = [
  [{ kind: 'all' }, true, 'everything'],
  [{ kind: 'job', subject: 'dump' }, true, 'its job'],
  [{ kind: 'job', subject: 'dump2' }, false, 'another job'],
  [{ kind: 'job', subject: '7' }, false, 'a job that is called as its id'],
  [{ kind: 'cron', subject: '7' }, true, 'its row'],
  [{ kind: 'cron', subject: '3' }, false, 'another row'],
  [{ kind: 'tag', subject: 'prod' }, true, 'one of its tags'],
  [{ kind: 'tag', subject: 'pro' }, false, 'another tag'],
  [{ kind: 'system', subject: 'db1' }, true, 'its host, on any port'],
  [{ kind: 'system', subject: 'db1:2222' }, true, 'its host on its port'],
  [{ kind: 'system', subject: 'db1:22' }, false, 'its host on another port'],
  [{ kind: 'system', subject: '3' }, true, 'its system by id'],
  [{ kind: 'system', subject: '7' }, false, 'another system'],
]
for (const [row, isPaused, what] of NAMED) {
  test(`a pause of ${what} ${isPaused ? 'pauses' : 'does not pause'} it`, () => {
    equal(pauseOf([aPause(row)], dump, 1) !== null, isPaused)
  })
}

const TIMES: readonly (readonly [string, Partial<PauseRow>, string, boolean])[] = [
  ['before it begins', { since: at('2026-03-01T12:00:30Z') }, '2026-03-01T12:00:00Z', false],
  ['as it begins', { since: at('2026-03-01T12:00:30Z') }, '2026-03-01T12:00:30Z', true],
  ['just before its end', { until: at('2026-03-01T13:00:00Z') }, '2026-03-01T12:59:59Z', true],
  ['at its end', { until: at('2026-03-01T13:00:00Z') }, '2026-03-01T13:00:00Z', false],
  ['before a window opens', { schedule: '0 2 * * *', minutes: 120 }, '2026-03-01T01:59:59Z', false],
  ['as a window opens', { schedule: '0 2 * * *', minutes: 120 }, '2026-03-01T02:00:00Z', true],
  ['in its last minute', { schedule: '0 2 * * *', minutes: 120 }, '2026-03-01T03:59:59Z', true],
  ['as it shuts', { schedule: '0 2 * * *', minutes: 120 }, '2026-03-01T04:00:00Z', false],
  ['past midnight of its day', { schedule: '0 23 * * 6', minutes: 240 }, '2026-03-01T02:59:00Z', true],
  [
    'in a window of another zone',
    { schedule: '0 2 * * *', minutes: 60, timezone: 'America/New_York' },
    '2026-03-01T07:30:00Z',
    true,
  ],
  [
    'in a window after the last one',
    { schedule: '0 2 * * *', minutes: 60, until: at('2026-03-01T00:00:00Z') },
    '2026-03-01T02:30:00Z',
    false,
  ],
  // Of the clock's change: it is 03:00 in Berlin then, and 02:00 never is.
  [
    'in a window whose opening the clock skips',
    { schedule: '30 2 * * *', minutes: 60, timezone: 'Europe/Berlin' },
    '2027-03-28T01:10:00Z',
    true,
  ],
]
for (const [what, row, time, isPaused] of TIMES) {
  test(`${what} a pause is ${isPaused ? '' : 'not '}in force`, () => {
    equal(inForceAt(aPause(row), at(time)) !== null, isPaused)
  })
}

test('of several pauses that is named which lasts longest', () => {
  const [short, long, endless] = [
    aPause({ until: 1_000 }),
    aPause({ until: 2_000, kind: 'job', subject: 'dump' }),
    aPause(),
  ]
  equal(pauseOf([short, long], dump, 1)?.pause, long)
  equal(pauseOf([endless, short, long], dump, 1)?.pause, endless)
})

test('the reason says what, until when in the zone of the cron, who and why', () => {
  const pause = aPause({ kind: 'system', subject: 'db1', until: at('2026-03-01T12:00:00Z'), reason: 'new disks' })
  const cron = { ...dump, timezone: 'Europe/Berlin' }
  equal(pausedReason([pause], cron, 1), 'system:db1 is paused until 2026-03-01T13:00:00+01:00 by anna: new disks')
  match(String(pausedReason([aPause()], cron, 1)), /^everything is paused until somebody resumes it by anna: /)
  equal(pausedReason([], cron, 1), null)
})

test('a window is open exactly in the minutes after each of its openings', () => {
  const schedules = fc.constantFrom('0 2 * * *', '*/7 * * * *', '0 0 * * 0', '15,45 8-17 * * 1-5')
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe')
  const starts = fc.integer({ min: at('2026-03-20T00:00:00Z'), max: at('2026-04-10T00:00:00Z') })
  fc.assert(
    fc.property(schedules, zones, fc.integer({ min: 1, max: 600 }), starts, (schedule, timezone, minutes, time) => {
      const pause = aPause({ schedule, timezone, minutes })
      const { window } = pause
      const minute = Math.floor(time / MS_PER_MINUTE) as Parameters<typeof nextMinutes>[2]
      if (window === null) throw new Error('it has a window')
      const opened = nextMinutes(window.schedule, window.zone, (minute - minutes) as typeof minute, 1)[0] ?? Infinity
      const found = inForceAt(pause, time)
      equal(found !== null, opened <= minute)
      if (found !== null) equal((found.until ?? 0) > time, true)
    }),
  )
})

const UNUSABLE: readonly (readonly [Partial<PauseRow>, RegExp])[] = [
  [{ kind: 'planet' }, /kind: "planet", expected job, cron, system, tag, all/],
  [{ schedule: '61 2 * * *', minutes: 5 }, /schedule: .*61/],
  [{ schedule: '0 2 * * *', minutes: null }, /minutes: null, expected 1 to 44640 minutes/],
  [{ schedule: '0 2 * * *', minutes: 0 }, /minutes: 0/],
  [{ schedule: '0 2 * * *', minutes: 5, timezone: 'Mars/Olympus' }, /timezone: "Mars\/Olympus", expected an IANA name/],
  [{ schedule: '@reboot', minutes: 5 }, /@reboot opens no window/],
]
for (const [row, problem] of UNUSABLE) {
  test(`a row with ${JSON.stringify(row)} pauses nothing, and says why`, () => {
    const { pauses, problems } = judgePauses([aPauseRow(row)], 'UTC')
    deepEqual([pauses.length, problems.length], [0, 1])
    match(`${problems[0]?.field}: ${problems[0]?.message}`, problem)
    equal(problems[0]?.severity, 'error')
  })
}
