import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { BackOff, pauseAfter } from '../../../src/platform/waiting/back-off.ts'
import { InTurn } from '../../../src/platform/waiting/in-turn.ts'
import { untilAborted, within } from '../../../src/platform/waiting/within.ts'
import { yieldBetween, yieldToOthers } from '../../../src/platform/waiting/yielding.ts'
import { HandClock } from '../../support/hand-clock.ts'

const never = new Promise<never>(() => {})

test('work that ends in time is what it comes to, and no timer is left', async () => {
  const clock = new HandClock(0)
  equal(await within(clock, 1_000, Promise.resolve('done')), 'done')
  await rejects(within(clock, 1_000, Promise.reject(new RangeError('of the work'))), RangeError)
})

test('work that takes longer, or is called off, is null', async () => {
  const clock = new HandClock(0)
  const late = within(clock, 1_000, never)
  const calledOff = new AbortController()
  const off = within(clock, 60_000, never, calledOff.signal)
  await clock.advance(1_000)
  calledOff.abort()
  deepEqual([await late, await off, await within(clock, 60_000, never, calledOff.signal)], [null, null, null])
  equal(await untilAborted(never, calledOff.signal), null)
})

test('things are done one after the other, whatever becomes of each', async () => {
  const inTurn = new InTurn()
  const order: string[] = []
  const step = (name: string) => async () => {
    order.push(`${name} begins`)
    await yieldToOthers()
    order.push(`${name} ends`)
    if (name === 'two') throw new RangeError(name)
    return name
  }
  const [one, two, three] = ['one', 'two', 'three'].map((name) => inTurn.do(step(name)))
  await rejects(two ?? never, RangeError)
  await inTurn.idle()
  deepEqual([await one, await three], ['one', 'three'])
  deepEqual(
    order,
    ['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  )
})

test('pauses double up to their limit, and begin again after a success', () => {
  const pauses = { firstMs: 1_000, longestMs: 30_000 }
  deepEqual(
    [0, 1, 4, 5, 5_000].map((times) => pauseAfter(pauses, times)),
    [1_000, 2_000, 16_000, 30_000, 30_000],
  )
  const backOff = new BackOff(pauses)
  deepEqual([backOff.isUnderWay, backOff.next(), backOff.next(), backOff.isUnderWay], [false, 1_000, 2_000, true])
  backOff.reset()
  deepEqual([backOff.isUnderWay, backOff.next()], [false, 1_000])
})

test('long work in steps lets others have their turn', async () => {
  let turns = 0
  const others = setInterval(() => {
    turns += 1
  }, 1)
  function* steps() {
    for (const end = performance.now() + 100; performance.now() < end; ) yield
    return 'done'
  }
  equal(await yieldBetween(steps()), 'done')
  clearInterval(others)
  ok(turns > 0)
})
