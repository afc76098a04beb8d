import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Dispatcher } from '../../src/dispatch/dispatcher.ts'
import { SystemRunLocks } from '../../src/dispatch/locks/system-run-locks.ts'
import { describeMinute, type Minute } from '../../src/domain/minute.ts'
import type { BootMark } from '../../src/minutes/boot-mark.ts'
import type { FiringLedger, OpenEntry } from '../../src/minutes/firing-ledger.ts'
import { MinuteBook } from '../../src/minutes/minute-book.ts'
import { MinuteLoop } from '../../src/minutes/minute-loop.ts'
import { fireReboot } from '../../src/minutes/reboot-firings.ts'
import { SystemFiringLedger } from '../../src/minutes/system-firing-ledger.ts'
import { SystemMinuteMark } from '../../src/minutes/system-minute-mark.ts'
import { definitionsOf, snapshotOf } from '../daemon/definitions.ts'
import { aJournal } from '../support/a-journal.ts'
import { aCronRow, anAuth, aSystem, type LogEntry, RecordingLog } from '../support/builders.ts'
import { FakeExecutor, FakeRun } from '../support/fake-executor.ts'
import { HandClock, settled } from '../support/hand-clock.ts'
import { Mortal } from './mortal.ts'

const TIMES = ['2026-03-01T12:20Z', '2026-03-01T12:40Z', '2026-03-01T13:00Z']
/** Two of the times lie too far back, the last is now; the last cron is one of the boot. */
const DUE = [...[1, 2, 3, 4].flatMap((cron) => TIMES.map((time) => `${cron} ${time}`)), '5 2026-03-01T13:00Z']
const job = (id: number, cron_name: string, more: object) =>
  aCronRow({ id, cron_name, cron_path: `/opt/${id}`, cron_min: '*/20', ...more })
const snapshot = snapshotOf(
  definitionsOf([
    job(1, 'missed', {}),
    job(2, 'caught up', { catch_up: 'all' }),
    job(3, 'last', { catch_up: 'last', action: 2 }),
    job(4, 'last', { catch_up: 'last', action: 2 }),
    job(5, 'boot', { cron_min: '@reboot' }),
  ]),
)

/** A machine on which processes follow one another, and hosts that know what was begun. */
type World = {
  readonly state: string
  readonly locks: string
  /** The runs that a host has begun. */
  readonly begun: { readonly run: string; readonly cron: number; readonly minute: Minute }[]
  /** What has reached the log's file. */
  readonly written: LogEntry[]
  keptBoot: string
  processes: number
}

type Manner = {
  readonly runs: 'end at once' | 'last'
  readonly places: number
  /** Whether a line that nobody has waited for is lost with its process, or stays. */
  readonly lines: 'are lost' | 'stay'
}

const MANNERS: readonly Manner[] = [
  { runs: 'end at once', places: 64, lines: 'are lost' },
  { runs: 'end at once', places: 64, lines: 'stay' },
  { runs: 'last', places: 64, lines: 'are lost' },
  { runs: 'last', places: 1, lines: 'are lost' },
]

function aWorld(t: TestContext): World {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-killed-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const [state, locks] = [join(directory, 'state'), join(directory, 'locks')]
  mkdirSync(state)
  mkdirSync(locks, { mode: 0o700 })
  return { state, locks, begun: [], written: [], keptBoot: 'boot 1', processes: 0 }
}

/** Rcron was there at 12:01, the machine has booted, and rcron starts at 13:00. */
async function startAfterAnHour(world: World, manner: Manner, lastStep?: number): Promise<Mortal> {
  await live(world, '2026-03-01T12:01:00Z', manner)
  world.keptBoot = 'boot 0'
  return await live(world, '2026-03-01T13:00:10Z', manner, lastStep)
}

/** A process that starts at `instant`, and does not live beyond its `lastStep`th step. */
async function live(world: World, instant: string, manner: Manner, lastStep?: number): Promise<Mortal> {
  const mortal = new Mortal(lastStep)
  const clock = new HandClock(instant)
  const log = logOf(world, mortal, manner)
  world.processes += 1
  const holder = { pid: world.processes, start: '1', boot: 'of a test' }
  const directories = [world.state, world.locks]
  const mark = mortal.hold(
    new SystemMinuteMark({ stateDirectory: world.state, secondDirectory: world.locks, clock, log }),
  )
  const ledger = ledgerOf(new SystemFiringLedger({ directories, clock, log, holder }), mortal)
  const journal = aJournal(log)
  const dispatcher = new Dispatcher({
    clock,
    log,
    executor: executorOf(world, mortal, manner),
    journal,
    locks: mortal.hold(SystemRunLocks.open({ directory: world.locks, clock, log, holder })),
    limits: { runs: manner.places, runsPerHost: manner.places },
    accessTo: () => ({ system: aSystem(), auth: anAuth() }),
    cronOf: (id) => snapshot.enabled.find((cron) => cron.id === id) ?? null,
    installation: '0'.repeat(32),
    isTransient: false,
    onFound: ({ minute, cronId }) => {
      void mark.noteBegun(minute, [cronId])
      ledger.noteFound(minute, [cronId])
    },
  })
  const work = async () => {
    const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
    await dispatcher.adopt()
    await fireReboot({ bootMark: bootMarkOf(world, mortal), ledger, dispatcher, clock, journal, log }, snapshot)
    await new MinuteLoop({ clock, journal, log, book, ledger, dispatcher }).step(snapshot)
  }
  void work()
  for (let turn = 0; turn < 4; turn++) await settled()
  return mortal
}

function logOf(world: World, mortal: Mortal, { lines }: Manner): RecordingLog {
  const log = new RecordingLog()
  const silent = () => {}
  const write = () => void world.written.push(...log.entries.splice(0))
  const written = async () => write()
  const lively = new Proxy(log, {
    get: (target, name) => {
      if (name === 'written') return written
      const found: unknown = Reflect.get(target, name, target)
      if (typeof found !== 'function') return found
      return (...args: readonly unknown[]) => {
        found.apply(target, args)
        if (lines === 'stay') write()
      }
    },
  })
  return mortal.hold(lively, { debug: silent, info: silent, warn: silent, error: silent, alarm: silent })
}

function ledgerOf(ledger: SystemFiringLedger, mortal: Mortal): FiringLedger {
  const deadEntry: OpenEntry = { begun: () => {}, close: () => {} }
  const silent = { begun: () => {}, close: () => {}, remove: () => {}, hasBegun: () => true }
  const held: FiringLedger = {
    open: (entry) => mortal.hold(ledger.open(entry), silent),
    left: () => ledger.left().map((entry) => mortal.hold(entry, silent)),
    noteFound: (minute, crons) => ledger.noteFound(minute, crons),
  }
  return mortal.hold(held, { open: () => deadEntry, left: () => [], noteFound: () => {} })
}

function bootMarkOf(world: World, mortal: Mortal): BootMark {
  return mortal.hold<BootMark>({
    newBoot: async () => (world.keptBoot === 'boot 1' ? null : 'boot 1'),
    keep: async (boot) => {
      world.keptBoot = boot
      return true
    },
  })
}

function executorOf(world: World, mortal: Mortal, { runs }: Manner) {
  const executor = new FakeExecutor()
  executor.onStart = (handle, { id, cron, minute }) => {
    world.begun.push({ run: id, cron: cron.id, minute })
    if (runs === 'end at once') handle.succeed()
  }
  executor.onAdopt = (handle, { id }) => {
    if (world.begun.some(({ run }) => run === id)) handle.succeed()
    else handle.end({ kind: 'unreachable', reason: 'it had not begun' })
  }
  const held = { start: executor.start.bind(executor), adopt: executor.adopt.bind(executor) }
  return mortal.hold(held, {
    start: ({ id }, watch) => new FakeRun(id, watch),
    adopt: ({ id }, watch) => new FakeRun(id, watch),
  })
}

/** `2 2026-03-01T12:20Z`: each firing of a cron that is told as not begun. */
function notBegun({ begun, written }: World): ReadonlySet<string> {
  const runs = new Set<unknown>(begun.map(({ run }) => run))
  const told = written.flatMap(({ fields, message }) => {
    if (message === 'minutes missed') return firingsMissed(fields)
    const isNotBegun = /^run (missed|skipped|killed|blocked)$/.test(message)
    const isVain = message === 'run ended' && !runs.has(fields['run'])
    return isNotBegun || isVain ? [`${fields['cron']} ${fields['minute']}`] : []
  })
  return new Set(told)
}

/** What is caught up are the newest. */
function firingsMissed({ crons, count, caughtUp = 0, first, last, minute = null }: LogEntry['fields']) {
  const times = minute === null ? TIMES.filter((time) => String(first) <= time && time <= String(last)) : [minute]
  equal(times.length, count)
  const left = times.slice(0, times.length - Number(caughtUp))
  return left.flatMap((time) => (crons as number[]).map((cron) => `${cron} ${time}`))
}

function judge(world: World, when: string): void {
  const runs = world.begun.map(({ run }) => run)
  equal(new Set(runs).size, runs.length, `${when}: no run is begun twice`)
  const ended = world.written.filter(({ message }) => message === 'run ended').map(({ fields }) => fields['run'])
  deepEqual(
    runs.filter((run) => !ended.includes(run)),
    [],
    `${when}: the end of each run is told`,
  )
  const begun = world.begun.map(({ cron, minute }) => `${cron} ${describeMinute(minute)}`)
  const settledOnce = [...begun, ...notBegun(world)].toSorted()
  const lines = world.written.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`).join('\n')
  const expected = `${when}: each firing was begun or is told as not begun, and not both\n${lines}`
  equal(settledOnce.join('\n'), DUE.join('\n'), expected)
}

for (const manner of MANNERS) {
  test(`F3: killed at every step of a start after an hour (runs ${manner.runs}, ${manner.places} places, unwritten lines ${manner.lines}): what had not begun is told, and nothing begins twice`, async (t) => {
    const steps = (await startAfterAnHour(aWorld(t), manner)).steps
    ok(steps > 30, `${steps} steps`)
    for (let step = 1; step <= steps; step++) {
      const world = aWorld(t)
      await startAfterAnHour(world, manner, step)
      await live(world, '2026-03-01T13:00:20Z', { ...manner, runs: 'end at once' })
      judge(world, `killed at step ${step} of ${steps}`)
      const told = world.written.length
      await live(world, '2026-03-01T13:00:30Z', { ...manner, runs: 'end at once' })
      equal(world.written.length, told, `killed at step ${step}: nothing is told once more`)
    }
  })
}
