import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ExclusionError, exclusively, hold, isHeld, Turns } from '../../../src/platform/files/exclusion.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { realClock } from '../../support/real-clock.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-exclusion-'))
after(() => rmSync(root, { recursive: true }))
const at = (name: string, waitMs = 0) => ({ path: join(root, name), clock: realClock, waitMs })

test('what is held is not to be had by another holder until it is let go of, and whoever looks takes nothing', async () => {
  const exclusion = at('held')
  equal(isHeld(exclusion.path), false)
  const release = await hold(exclusion)
  equal(isHeld(exclusion.path), true)
  await rejects(hold(exclusion), (error) => error instanceof ExclusionError && error.isHeld)
  await rejects(
    new Turns(exclusion).take(() => {}),
    /another rcron has held this lock for 0 ms/,
  )
  release()
  release()
  equal(isHeld(exclusion.path), false)
  equal(await exclusively(exclusion, async () => isHeld(exclusion.path)), true)
  equal(await new Turns(exclusion).take(() => isHeld(exclusion.path)), true)
})

test('whoever waits for it holds up nothing else', async () => {
  const exclusion = at('waited', 60_000)
  const order: string[] = []
  const release = await hold(exclusion)
  const waiting = new Turns(exclusion).take(() => order.push('turn'))
  for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next))
  order.push('others')
  release()
  await waiting
  deepEqual(order, ['others', 'turn'])
})

test('a turn that does not come within its time is given up', async () => {
  const clock = new HandClock(0)
  const exclusion = { path: join(root, 'late'), clock, waitMs: 1_000 }
  const release = await hold(exclusion)
  const waiting = rejects(
    new Turns(exclusion).take(() => {}),
    /held this lock for 1000 ms/,
  )
  await clock.advance(2_000)
  await waiting
  release()
})

const UNLOCKABLE: readonly (readonly [string, (path: string) => void])[] = [
  ['a link', (path) => symlinkSync('/etc/hostname', path)],
  ['a directory', (path) => mkdirSync(path)],
  ['another file', (path) => writeFileSync(path, 'x'.repeat(100))],
]
for (const [what, make] of UNLOCKABLE) {
  test(`${what} in its place cannot be locked, which is told; what can do without is done all the same`, async () => {
    const exclusion = at(what)
    make(exclusion.path)
    await rejects(hold(exclusion), (error) => error instanceof ExclusionError && !error.isHeld)
    equal(await new Turns(exclusion).takeOrDoWithout(() => 'done'), 'done')
  })
}

test('turns of one process, on one file or on two of that name, never wait for each other', async () => {
  const exclusion = { path: join(root, 'together'), clock: new HandClock(0), waitMs: 0 }
  const [one, other] = [new Turns(exclusion), new Turns(exclusion)]
  const asked = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? other : one).take(() => index))
  deepEqual(await Promise.all(asked), [...asked.keys()])
})

test('what the work throws is no reason to do it again', async () => {
  let times = 0
  const fail = () => {
    times += 1
    throw new RangeError('of the work')
  }
  await rejects(new Turns(at('throws')).takeOrDoWithout(fail), RangeError)
  equal(times, 1)
  ok(!isHeld(at('throws').path))
})
