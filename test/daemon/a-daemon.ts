import { Daemon, type DaemonParts } from '../../src/daemon/daemon.ts'
import { Dispatcher } from '../../src/dispatch/dispatcher.ts'
import { aSource } from '../definitions/a-source.ts'
import { aMinuteLoop, NO_LEDGER } from '../minutes/a-minute-loop.ts'
import { aJournal } from '../support/a-journal.ts'
import { aCronRow } from '../support/builders.ts'
import { FakeExecutor } from '../support/fake-executor.ts'
import { settled } from '../support/hand-clock.ts'
import { definitionsOf, snapshotOf } from './definitions.ts'

/** A daemon all of whose surroundings are in the hands of the test. */
export async function aDaemon(overrides: Partial<DaemonParts> = {}, watchdogIntervalMs: number | null = null) {
  const { clock, log, store, cache, source } = aSource()
  const executor = new FakeExecutor()
  executor.onStart = (handle) => handle.succeed()
  const said: string[] = []
  const signals = { stop: new AbortController(), abandon: new AbortController(), reload: () => {} }
  const minutes = await aMinuteLoop('2026-03-01T12:00:00Z', snapshotOf(definitionsOf([aCronRow()])))
  let beat = () => {}
  let boots = 1
  const dispatcher = new Dispatcher({
    executor,
    clock,
    log,
    locks: NO_LOCKS,
    journal: aJournal(log),
    limits: { runs: 64, runsPerHost: 10 },
    installation: '0'.repeat(32),
    accessTo: () => null,
    cronOf: () => null,
    onFound: () => {},
    isTransient: false,
  })
  const daemon = new Daemon(
    {
      clock,
      log,
      source,
      dispatcher,
      killsRuns: () => false,
      onRefreshed: () => {},
      records: { flushed: async () => undefined },
      journal: aJournal(log),
      loop: minutes.loop,
      heartbeat: {
        start: (listener) => {
          beat = listener
          return {
            [Symbol.dispose]: () => {
              beat = () => {}
            },
          }
        },
      },
      notifier: {
        ready: () => said.push('ready'),
        reloading: () => said.push('reloading'),
        stopping: () => said.push('stopping'),
        status: (text) => said.push(`status: ${text}`),
        watchdog: () => said.push('watchdog'),
        watchdogIntervalMs,
      },
      bootMark: { newBoot: async () => (boots-- > 0 ? 'this boot' : null), keep: async () => true },
      ledger: NO_LEDGER,
      staleAfterMs: () => 300_000,
      drainMs: () => 60_000,
      reloadSettings: async () => [],
      ...overrides,
    },
    {
      stop: signals.stop.signal,
      abandon: signals.abandon.signal,
      onReload: (listener) => {
        signals.reload = listener
      },
      [Symbol.dispose]: () => undefined,
    },
  )
  return { daemon, clock, log, store, cache, executor, said, signals, minutes, settled, beat: () => beat() }
}

const NO_LOCKS: DispatcherLocks = {
  hasWritten: true,
  create: async () => 'created',
  exchange: async () => 'created',
  update: async () => ({ kind: 'held' }),
  stateOf: async () => ({ kind: 'held' }),
  requestKill: async () => null,
  claim: async () => true,
  remove: async () => true,
  tryToRemove: async () => true,
  readOthers: async () => [],
  takeOver: async () => 'lost',
}

type DispatcherLocks = ConstructorParameters<typeof Dispatcher>[0]['locks']
