import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { afterOutcome } from '../../../src/dispatch/plan-firing.ts'
import type { Outcome } from '../../../src/domain/outcome.ts'
import type { RunWatch } from '../../../src/execution/executor.ts'
import { createSupervisor } from '../../../src/execution/supervision/supervisor.ts'
import { aCron, aSystem, minute } from '../../support/builders.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { type Breakage, type Fate, ModelHost, ModelNetwork } from './model-network.ts'

const LOST_AFTER_MS = 24 * 3_600_000

const breakage = fc.constantFrom<Breakage[]>('none', 'before', 'request', 'late request', 'answer', 'mid-run')
const fate: fc.Arbitrary<Fate> = fc.record({
  breakages: fc.array(breakage, { maxLength: 6 }),
  exitCode: fc.constantFrom(0, 0, 0, 3),
  runsMs: fc.constantFrom(1, 5, 10_000, 100_000),
})
const healthy: Fate = { breakages: [], exitCode: 0, runsMs: 5 }

const ignored: RunWatch = { started: () => {}, unknown: () => {}, found: () => {} }

type Played = { readonly hosts: readonly ModelHost[]; readonly outcomes: readonly Outcome[] }

/** One firing of action 0: from host to host as dispatch goes, each run under real supervision, over a network that breaks. */
async function fire(fates: readonly Fate[], processes = 1): Promise<Played> {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const hosts = fates.map((it) => new ModelHost(clock, it))
  const walk = async () => {
    const supervisor = createSupervisor({
      hosts: new ModelNetwork(clock, hosts),
      clock,
      lostAfterMs: LOST_AFTER_MS,
      preambleMs: 30_000,
      random: () => 0.5,
      noteSpool: () => undefined,
    })
    const outcomes: Outcome[] = []
    for (const [index] of hosts.entries()) {
      const cron = aCron({ id: index + 1, system: aSystem({ id: index + 1 }) })
      // The same run has the same id, whoever fires it.
      const id = String(index + 1).padStart(32, '0')
      const { outcome } = await supervisor.start({ id, cron, minute: minute('2026-03-01T12:00:00Z') }, ignored).result
      outcomes.push(outcome)
      if (afterOutcome(outcome, cron) === 'stop') break
    }
    return outcomes
  }
  const walks = Promise.all(Array.from({ length: processes }, walk))
  let over = false
  void walks.finally(() => {
    over = true
  })
  while (!over) await clock.advance(20_000)
  // What was still on its way arrives, and what it began ends.
  for (let n = 0; n < 12; n++) await clock.advance(20_000)
  return { hosts, outcomes: (await walks).flat() }
}

const worked = (hosts: readonly ModelHost[]) =>
  hosts.filter(({ exitCode }) => exitCode === 0).reduce((sum, { finished }) => sum + finished, 0)

test('whatever breaks, a firing does its work at most once, no host begins it twice, and what is said is what happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 3 }), async (fates) => {
      const { hosts, outcomes } = await fire(fates)
      ok(worked(hosts) <= 1, `the work was done ${worked(hosts)} times`)
      for (const [index, { begun, finished, exitCode }] of hosts.entries()) {
        ok(begun <= 1)
        deepEqual(outcomes[index]?.kind, expected(index < outcomes.length, finished, exitCode))
      }
    }),
    { numRuns: 250 },
  )
})

/** What a run's outcome must be by what its host did: breakages end here within a day, so none is given up. */
function expected(isReached: boolean, finished: number, exitCode: number): Outcome['kind'] | undefined {
  if (!isReached) return undefined
  if (finished === 0) return 'unreachable'
  return exitCode === 0 ? 'succeeded' : 'failed'
}

test('with a healthy host at the end of the list the work is done exactly once, whatever breaks before it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 3 }), async (fates) => {
      const { hosts, outcomes } = await fire([...fates, healthy])
      equal(worked(hosts), 1)
      deepEqual(outcomes.at(-1), { kind: 'succeeded' })
    }),
    { numRuns: 250 },
  )
})

test('E10: two processes fire the same minute over the same broken network: no host begins a run twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 3 }), async (fates) => {
      const { hosts } = await fire([...fates, healthy], 2)
      ok(hosts.every(({ begun }) => begun <= 1))
    }),
    { numRuns: 150 },
  )
})

test('E10: two processes fire the same minute, and nothing breaks: the work is done once, and both say so', async () => {
  const { hosts, outcomes } = await fire([healthy, healthy], 2)
  deepEqual([worked(hosts), outcomes], [1, Array(2).fill({ kind: 'succeeded' })])
})

test('a host that stays silent for a day: lost, and no other host is tried', async () => {
  const away: Fate = { breakages: ['answer', ...Array<Breakage>(2_000).fill('before')], exitCode: 0, runsMs: 5 }
  const { hosts, outcomes } = await fire([away, healthy])
  deepEqual(
    outcomes.map(({ kind }) => kind),
    ['lost'],
  )
  equal(worked(hosts), 1)
})
