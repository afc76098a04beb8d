import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { refused, unreachable } from '../../../src/hosts/handover.ts'
import {
  afterLogin,
  judgeLogin,
  type LoginHistory,
  longestPause,
  NO_HISTORY,
} from '../../../src/hosts/logins/login-breaker.ts'

const MINUTE = 60_000
const wrong = refused('authentication', 'wrong password')

function judge(history: LoginHistory, now: number, { secret = 'a', isUrgent = false } = {}) {
  const judgement = judgeLogin(history, { secret, isUrgent, now })
  return typeof judgement === 'string' ? judgement : judgement.reason
}

test('the first login is tried alone, those after a success freely, and alone again after a while', () => {
  const proven = afterLogin(NO_HISTORY, null, { secret: 'a', now: 0 })
  equal(judge(NO_HISTORY, 0), 'alone')
  equal(judge(proven, MINUTE), 'freely')
  equal(judge(proven, 10 * MINUTE), 'alone')
})

test('A7: a refused login is left alone for 60 s, then twice as long each time, 15 min at most', () => {
  let history = NO_HISTORY
  let now = 0
  const pauses: number[] = []
  for (let refusals = 1; refusals <= 7; refusals++) {
    history = afterLogin(history, wrong, { secret: 'a', now })
    const refusedAt = now
    while (judge(history, now) !== 'alone') now += MINUTE / 2
    pauses.push((now - refusedAt) / MINUTE)
  }
  deepEqual(pauses, [1, 2, 4, 8, 15, 15, 15])
})

test('the reason says what was refused, and when it is tried again', () => {
  const history = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  match(judge(history, 18_000), /^wrong password \(not tried again for 42 s, after 1 refused in a row\)$/)
})

test('another secret may be tried at once, and its success proves that secret alone', () => {
  const history = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  equal(judge(history, 1, { secret: 'b' }), 'alone')
  const proven = afterLogin(history, null, { secret: 'b', now: 1 })
  equal(judge(proven, 2, { secret: 'b' }), 'freely')
  match(judge(proven, 2, { secret: 'a' }), /wrong password/)
  equal(judge(proven, 2, { secret: 'c' }), 'alone')
})

test('a success forgets the refusals of its own secret', () => {
  const history = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  const proven = afterLogin(history, null, { secret: 'a', now: MINUTE })
  equal(judge(proven, MINUTE), 'freely')
  const again = afterLogin(proven, wrong, { secret: 'a', now: 2 * MINUTE })
  match(judge(again, 2 * MINUTE), /60 s, after 1 refused in a row/)
})

test('refusals while the pause lasts are one with the refusal that began it', () => {
  let history = NO_HISTORY
  for (const now of [0, 1, 2, 20_000]) history = afterLogin(history, wrong, { secret: 'a', now })
  match(judge(history, 20_000), /not tried again for 40 s, after 1 refused in a row/)
  match(judge(history, 29_000, { isUrgent: true }), /not tried again for 1 s/)
})

test('a refusal by the breaker itself is none by the host', () => {
  const history = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  equal(afterLogin(history, refused('login', 'not tried again'), { secret: 'a', now: 2 * MINUTE }), history)
})

test('two wrong secrets do not take turns', () => {
  const first = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  const second = afterLogin(first, wrong, { secret: 'b', now: 1 })
  match(judge(second, 2, { secret: 'a' }), /wrong password/)
  match(judge(second, 2, { secret: 'b' }), /wrong password/)
  const third = afterLogin(second, wrong, { secret: 'a', now: MINUTE + 1 })
  match(judge(third, MINUTE + 1, { secret: 'b' }), /not tried again for 60 s, after 1 refused/)
})

test('a kill may try a refused login, but not in a flood', () => {
  const history = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  match(judge(history, 9_000, { isUrgent: true }), /wrong password/)
  equal(judge(history, 10_000, { isUrgent: true }), 'alone')
})

test('a host that cannot be reached changes nothing', () => {
  const proven = afterLogin(NO_HISTORY, null, { secret: 'a', now: 0 })
  equal(afterLogin(proven, unreachable('away'), { secret: 'a', now: 1 }), proven)
})

test('the longest pause of the secrets that are refused is known, until it is over', () => {
  equal(longestPause(NO_HISTORY, 0), null)
  const once = afterLogin(NO_HISTORY, wrong, { secret: 'a', now: 0 })
  const twice = afterLogin(once, wrong, { secret: 'a', now: MINUTE })
  const other = afterLogin(twice, refused('authentication', 'no key'), { secret: 'b', now: 3 * MINUTE })
  deepEqual(longestPause(once, 18_000), { leftMs: 42_000, count: 1, reason: 'wrong password' })
  equal(longestPause(once, MINUTE), null)
  deepEqual(longestPause(other, 4 * MINUTE), { leftMs: MINUTE, count: 2, reason: 'wrong password' })
  equal(longestPause(afterLogin(once, null, { secret: 'a', now: 1 }), 2), null)
})
