import { deepEqual, equal, ok } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { addMinutes, type Minute } from '../../src/domain/minute.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import type { RunId } from '../../src/domain/run.ts'
import { MinuteBook } from '../../src/minutes/minute-book.ts'
import { type Mark, type MinuteMark, NO_MARK } from '../../src/minutes/minute-mark.ts'
import { aFiring, RecordingLog } from '../support/builders.ts'
import type { FakeRun } from '../support/fake-executor.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

/** What becomes of one run on its host, and of the contact with it. */
type Fate =
  | 'works'
  | 'fails'
  | 'away'
  | 'refuses'
  | 'silent, works'
  | 'silent, fails'
  | 'lost, had worked'
  | 'lost, had not'

const fates: readonly Fate[] = [
  'works',
  'fails',
  'away',
  'refuses',
  'silent, works',
  'silent, fails',
  'lost, had worked',
  'lost, had not',
]

const outcomes: Readonly<Record<Fate, Outcome>> = {
  works: { kind: 'succeeded' },
  fails: { kind: 'failed', exitCode: 1 },
  away: { kind: 'unreachable', reason: 'connection refused' },
  refuses: { kind: 'refused', reason: 'host key changed' },
  'silent, works': { kind: 'succeeded' },
  'silent, fails': { kind: 'failed', exitCode: 1 },
  'lost, had worked': { kind: 'lost', reason: 'cancelled' },
  'lost, had not': { kind: 'lost', reason: 'cancelled' },
}

const hasWorked = (fate: Fate) => fate === 'works' || fate === 'silent, works' || fate === 'lost, had worked'

/** The hosts as they truly are: they go on whatever becomes of rcron. */
class Hosts {
  /** How often the command of each minute did its work. */
  readonly worked = new Map<Minute, number>()
  readonly begun = new Map<RunId, { readonly fate: Fate; readonly minute: Minute }>()
  readonly alive = new Set<RunId>()

  begin(id: RunId, minute: Minute, fate: Fate): void {
    ok(!this.begun.has(id), `run ${id} was begun twice`)
    this.begun.set(id, { fate, minute })
    if (fate === 'away' || fate === 'refuses') return
    equal(this.alive.size, 0, 'two runs of one job at once')
    this.alive.add(id)
  }

  finish(id: RunId): Outcome {
    const run = this.begun.get(id)
    if (run === undefined) throw new Error(`run ${id} was never begun`)
    this.alive.delete(id)
    if (hasWorked(run.fate)) this.worked.set(run.minute, (this.worked.get(run.minute) ?? 0) + 1)
    return outcomes[run.fate]
  }
}

type Step = {
  readonly fates: readonly Fate[]
  /** rcron is killed after so many of the step's runs have begun; null: it lives. */
  readonly killedAfter: number | null
}

const step: fc.Arbitrary<Step> = fc.record({
  fates: fc.array(fc.constantFrom(...fates), { minLength: 1, maxLength: 4 }),
  killedAfter: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3 }),
})

for (const action of ['failover', 'shuffle'] as const) {
  test(`${action}: whatever breaks, no firing does its work twice, no two runs are alive at once, none is forgotten`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => playThrough(t, action, steps)),
      { numRuns: 60 },
    )
  })
}

async function playThrough(t: TestContext, action: 'failover' | 'shuffle', steps: readonly Step[]): Promise<void> {
  const hosts = new Hosts()
  let daemon = aDispatch(t)
  for (const [number, { fates: ofHosts, killedAfter }] of steps.entries()) {
    const ids = ofHosts.map((_, index) => index + 1)
    const firing = { ...aFiring(action, ids), minute: addMinutes(aFiring(action, ids).minute, number) }
    const under = daemon.dispatcher.fire(firing, 'schedule')
    let begun = 0
    const death = Promise.withResolvers<'killed'>()
    daemon.executor.onStart = (handle, { id, cron, minute }) => {
      const fate = ofHosts[cron.id - 1] ?? 'works'
      hosts.begin(id, minute, fate)
      begun += 1
      if (begun === killedAfter) death.resolve('killed')
      else void contact(handle, fate).then(() => handle.end(hosts.finish(id)))
    }
    const ended = await Promise.race([under.result, death.promise])
    if (ended === 'killed') daemon = await restarted(t, daemon, hosts)
    else {
      const healthy = ofHosts.every((fate) => !fate.startsWith('lost')) && ofHosts.some(hasWorked)
      if (healthy) equal(hosts.worked.get(firing.minute), 1, 'a healthy host was in the list')
    }
  }
  deepEqual([...hosts.alive], [])
  deepEqual(daemon.locks(), [])
  for (const [minute, times] of hosts.worked) equal(times, 1, `the work of ${minute} was done ${times} times`)
}

async function contact(handle: FakeRun, fate: Fate): Promise<void> {
  await settled()
  if (fate === 'away' || fate === 'refuses') return
  handle.begin()
  if (fate.startsWith('silent') || fate.startsWith('lost')) handle.watch.unknown('connection broken')
  await settled()
  if (fate.startsWith('silent')) handle.watch.found()
}

/** A new process over the lock files of one that was killed: it is told how the runs ended that it adopts. */
async function restarted(t: TestContext, before: ReturnType<typeof aDispatch>, hosts: Hosts) {
  for (const { handle } of before.executor.started) handle.abandon()
  const after = aDispatch(t, { directory: before.directory })
  after.executor.onAdopt = (handle, { id }) => {
    void settled().then(() => handle.end(hosts.finish(id)))
  }
  await after.dispatcher.adopt()
  const again = await after.dispatcher.fire(aFiring('failover', [1, 2, 3, 4]), 'manual').result
  ok(
    again.outcomes.every(({ outcome }) => outcome?.kind === 'skipped'),
    'what is adopted counts as active',
  )
  await after.dispatcher.idle()
  await after.clock.advance(1000)
  return after
}

/** A disk that outlives the processes which write to it. */
class Disk {
  mark: Mark = NO_MARK
}

/** One process's way to the disk: once it is dead it writes no more. */
class MemoryMark implements MinuteMark {
  dead = false
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.#disk = disk
  }

  async load(): Promise<Mark> {
    return this.#disk.mark
  }

  async save(mark: Mark): Promise<void> {
    await settled()
    if (!this.dead) this.#disk.mark = mark
  }

  async noteBegun(): Promise<void> {
    // It is about whole minutes.
  }

  async begunIn(): Promise<ReadonlySet<number>> {
    return new Set()
  }

  async exclusively<T>(use: () => Promise<T>): Promise<T> {
    return await use()
  }
}

/** rcron as far as minutes go: woken twice each time, restarted, killed before or after its mark is on disk. */
class Planner {
  readonly handedOut = new Set<Minute>()
  readonly #disk = new Disk()
  #mark = new MemoryMark(this.#disk)
  #book = this.#open()

  async wake(now: Minute): Promise<void> {
    const book = await this.#book
    const plans = await Promise.all([book.plan(now), book.plan(now)])
    for (const minute of plans.flatMap(({ due }) => due)) {
      ok(!this.handedOut.has(minute), `minute ${minute} was handed out twice`)
      deepEqual(this.#disk.mark.open.includes(minute), true, 'it is on disk before')
      this.handedOut.add(minute)
      await book.close(minute)
    }
  }

  async killedAt(now: Minute, when: 'before its mark' | 'after its mark'): Promise<void> {
    const plan = (await this.#book).plan(now)
    if (when === 'after its mark') await plan
    await this.restart()
  }

  async restart(): Promise<void> {
    this.#mark.dead = true
    this.#mark = new MemoryMark(this.#disk)
    this.#book = this.#open()
    for (const minute of (await this.#book).interrupted) ok(!this.handedOut.has(minute), `${minute} had begun`)
  }

  #open(): Promise<MinuteBook> {
    return MinuteBook.open({ mark: this.#mark, catchUpMinutes: 5, log: new RecordingLog() })
  }
}

test('through clock steps, restarts, kills and double wake-ups no minute is handed out twice', async () => {
  const by = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 2, arbitrary: fc.integer({ min: -300, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: -5000, max: 5000 }) },
  )
  const fate = fc.constantFrom('lives', 'lives', 'lives', 'restarts', 'before its mark', 'after its mark')
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(by, fate), { maxLength: 40 }), async (events) => {
      const planner = new Planner()
      let now = 1_000_000 as Minute
      for (const [passed, becomes] of events) {
        now = addMinutes(now, passed)
        if (becomes === 'before its mark' || becomes === 'after its mark') await planner.killedAt(now, becomes)
        if (becomes === 'restarts') await planner.restart()
        await planner.wake(now)
      }
    }),
    { numRuns: 60 },
  )
})
