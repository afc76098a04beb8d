import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Slot, Throttle } from '../../src/dispatch/throttle.ts'

const limits = { runs: 3, runsPerHost: 2 }

test('who leaves the queue holds nobody up, and who gives a place back gives it once', async () => {
  const throttle = new Throttle({ runs: 1, runsPerHost: 1 })
  const [first, second, third] = [throttle.enter('a'), throttle.enter('a'), throttle.enter('a')]
  deepEqual([first.wasFree, second.wasFree, third.wasFree], [true, false, false])
  second.release()
  first.release()
  first.release()
  await third.granted
  equal(throttle.enter('a').wasFree, false)
})

test('who waits knows for which limit: its host first, then all together', () => {
  const throttle = new Throttle(limits)
  const places = ['a', 'a', 'a', 'b', 'c'].map((host) => throttle.enter(host))
  deepEqual(
    places.map(({ limit }) => limit),
    [null, null, { kind: 'host', most: 2 }, null, { kind: 'runs', most: 3 }],
  )
  places[0]?.release()
  deepEqual([places[2]?.limit, places[4]?.limit], [{ kind: 'runs', most: 3 }, null])
  places[1]?.release()
  equal(places[2]?.limit, null)
})

test('whoever comes and goes, no host has too many, nor all together, and no place is left empty that is waited for', async () => {
  const step = fc.record({ host: fc.constantFrom('a', 'b', 'c'), leaves: fc.nat({ max: 8 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const throttle = new Throttle(limits)
      const here: { readonly host: string; readonly place: Slot; in: boolean }[] = []
      for (const { host, leaves } of steps) {
        const entry = { host, place: throttle.enter(host), in: false }
        void entry.place.granted.then(() => {
          entry.in = true
        })
        here.push(entry)
        here.splice(leaves, 1)[0]?.place.release()
        await null
        const admitted = here.filter((each) => each.in)
        const onHost = (name: string) => admitted.filter((each) => each.host === name).length
        equal(admitted.length <= limits.runs, true)
        for (const { host: name } of here) equal(onHost(name) <= limits.runsPerHost, true)
        const couldBegin = here.filter((each) => !each.in && onHost(each.host) < limits.runsPerHost)
        equal(admitted.length === limits.runs || couldBegin.length === 0, true, 'a place is empty')
      }
      for (const { place } of here) place.release()
      equal(throttle.enter('a').wasFree, true)
    }),
  )
})
