import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { LoginReport } from '../../../src/commands/login-test/login-report.ts'
import { Progress } from '../../../src/commands/login-test/progress.ts'
import { HandClock } from '../../support/hand-clock.ts'

const CLEAR = '\r\u001b[K'
const cases: readonly (readonly [string, boolean, number, readonly string[]])[] = [
  ['a short test says nothing on a terminal', true, 900, []],
  [
    'a terminal shows within two seconds how far it is, and is clean afterwards',
    true,
    1_900,
    [`${CLEAR}2 of 50 logins tried, 1 of them failed`, `${CLEAR}2 of 50 logins tried, 1 of them failed`, CLEAR],
  ],
  ['elsewhere nothing is said for a while', false, 9_000, []],
  [
    'elsewhere few lines say it',
    false,
    21_000,
    ['2 of 50 logins tried, 1 of them failed\n', '2 of 50 logins tried, 1 of them failed\n'],
  ],
]
for (const [what, isTTY, ms, expected] of cases) {
  test(what, async () => {
    const written: string[] = []
    const stderr = { isTTY, write: (text: string) => written.push(text) > 0 }
    const clock = new HandClock(0)
    const progress = new Progress(50, { stderr, clock })
    for (const result of ['works', 'fails'] as const) progress.note({ result } as LoginReport)
    for (let at = 0; at < ms; at += 100) await clock.advance(100)
    progress[Symbol.dispose]()
    await clock.advance(60_000)
    deepEqual(written, expected)
  })
}
