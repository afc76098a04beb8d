import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseTaken } from '../../src/daemon/lease.ts'
import { BEAT_MS, RowLease, SILENCE_MS } from '../../src/daemon/row-lease.ts'
import type { LeaseOwner } from '../../src/store/sql/lease-table.ts'
import { StoreError } from '../../src/store/sql/store-error.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'
import { ALeaseTable, OWNER } from './a-lease-table.ts'

const NEVER = new AbortController().signal
const OTHER: LeaseOwner = { installation: 'b'.repeat(32), host: 'cron2.example', pid: 12, bootId: 'boot-2' }
const WAITING = 'another daemon held this database and shows no sign of life; waiting until it counts as dead'
const UNKNOWN = 'cannot confirm the lease on the database; retrying'

/** One database, on which daemons ask for the lease by one clock. */
function aDatabase() {
  const table = new ALeaseTable()
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const log = new RecordingLog()
  const daemon = (owner: LeaseOwner = OWNER) => {
    const lease = new RowLease({ table, owner, clock, log })
    const losses: string[] = []
    lease.onLost(({ message }) => losses.push(message))
    return {
      lease,
      losses,
      /** Asks, and notes what has become of it. */
      take: async () => {
        const state = { is: 'waits' as unknown }
        lease.take(NEVER).then(
          () => {
            state.is = 'has it'
          },
          (error: unknown) => {
            state.is = error
          },
        )
        await settled()
        return state
      },
    }
  }
  /** Time passes in steps that nobody sleeps through. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 250) await clock.advance(250)
  }
  /** A daemon that was there and is no more. */
  const leaveBehind = (owner: LeaseOwner) => {
    table.row = { ...owner, incarnation: 'dead', beat: '7' }
  }
  /** Whether `work` has come to its end. */
  const settledOf = (work: Promise<void>) => {
    const state = { is: false }
    void work.then(() => {
      state.is = true
    })
    return state
  }
  return { table, clock, log, daemon, pass, leaveBehind, settledOf }
}

test('F11: beside a living daemon a second one is refused within 5 s, by the name of the first, which goes on', async () => {
  const { daemon, pass, table } = aDatabase()
  const first = daemon()
  equal((await first.take()).is, 'has it')
  const second = await daemon(OTHER).take()
  await pass(BEAT_MS + 1_000)
  ok(second.is instanceof DatabaseTaken, String(second.is))
  match(second.is.message, /^MySQL at db, database rcron: another rcron daemon works on it, process 4711 on cron1\.ex/)
  match(String(second.is.hint), /RCRON_DATABASE_URL/)
  await pass(10_000)
  deepEqual([table.row?.host, first.losses], ['cron1.example', []])
})

const standstills = [
  { what: 'by SIGSTOP', pass: (clock: HandClock) => clock.standStill(60_000) },
  {
    what: 'with a machine whose monotonic clock stood still too',
    pass: (clock: HandClock) => clock.set('2026-03-01T12:01:00Z'),
  },
]
for (const { what, pass: standStill } of standstills) {
  test(`F11: a daemon that stood still, ${what}, while another one took over learns it before it goes on`, async () => {
    const { daemon, table, clock, pass, settledOf } = aDatabase()
    const first = daemon()
    await first.take()
    table.row = { ...OTHER, incarnation: 'other', beat: '1' }
    standStill(clock)
    const confirmed = settledOf(first.lease.confirm())
    await pass(1_000)
    equal(confirmed.is, false)
    table.row = { ...table.row, beat: '2' }
    await pass(1_000)
    deepEqual([confirmed.is, first.losses.length], [true, 1])
  })

  test(`F11: a daemon that stood still, ${what}, and still has the database goes on at once`, async () => {
    const { daemon, table, clock, settledOf } = aDatabase()
    const first = daemon()
    await first.take()
    standStill(clock)
    const confirmed = settledOf(first.lease.confirm())
    await settled()
    deepEqual([confirmed.is, table.row?.beat, first.losses], [true, '2', []])
  })
}

test('F11: an answer to what was asked before the standstill is none', async () => {
  const { daemon, table, clock, pass, settledOf } = aDatabase()
  const first = daemon()
  await first.take()
  const answer = Promise.withResolvers<boolean>()
  table.beat = () => answer.promise
  await pass(BEAT_MS)
  clock.standStill(60_000)
  const confirmed = settledOf(first.lease.confirm())
  await settled()
  table.beat = async () => false
  table.row = { ...OTHER, incarnation: 'other', beat: '1' }
  answer.resolve(true)
  await settled()
  equal(confirmed.is, false)
  await pass(1_000)
  table.row = { ...table.row, beat: '2' }
  await pass(1_000)
  deepEqual([confirmed.is, first.losses.length], [true, 1])
})

test('F11: after a standstill a database that says nothing delays a daemon by 5 s, once; one that stands still again asks again', async () => {
  const { daemon, table, clock, pass, settledOf } = aDatabase()
  const first = daemon()
  await first.take()
  table.beat = () => new Promise(() => undefined)
  clock.standStill(60_000)
  const confirmed = settledOf(first.lease.confirm())
  await pass(4_500)
  equal(confirmed.is, false)
  clock.standStill(60_000)
  await pass(4_500)
  equal(confirmed.is, false)
  await pass(2_000)
  equal(confirmed.is, true)
  const next = settledOf(first.lease.confirm())
  await settled()
  deepEqual([next.is, first.losses], [true, []])
})

for (const deadlineMs of [0, 10_000]) {
  test(`F11: a database that is away, each question failing after ${deadlineMs} ms, delays nothing`, async () => {
    const { daemon, table, clock, pass, settledOf } = aDatabase()
    const first = daemon()
    await first.take()
    const ask = table.beat.bind(table)
    table.fault = 'away'
    table.beat = async (incarnation) => {
      await clock.sleep(deadlineMs)
      return await ask(incarnation)
    }
    for (let second = 0; second < 180; second += 1) {
      const confirmed = settledOf(first.lease.confirm())
      await settled()
      equal(confirmed.is, true, `after ${second} s`)
      await pass(1_000)
    }
  })
}

test('F11: after a stop of the first the database is free at once', async () => {
  const { daemon, table } = aDatabase()
  const first = daemon()
  await first.take()
  await first.lease.release()
  equal(table.row, null)
  equal((await daemon(OTHER).take()).is, 'has it')
})

test('F11: after the death of the first it is free within a minute, which is told while it is waited for', async () => {
  const { daemon, pass, leaveBehind, log, table } = aDatabase()
  leaveBehind(OWNER)
  const second = await daemon(OTHER).take()
  await pass(SILENCE_MS - 1_000)
  deepEqual([second.is, log.of('warn')], ['waits', [WAITING]])
  await pass(2_000)
  deepEqual([second.is, table.row?.host], ['has it', 'cron2.example'])
})

const predecessors: readonly { readonly what: string; readonly owner: LeaseOwner; readonly afterMs: number }[] = [
  { what: 'in the same boot: the lock of the state directory proves it dead', owner: OWNER, afterMs: 0 },
  { what: 'before the machine booted', owner: { ...OWNER, bootId: 'boot-0' }, afterMs: 7_000 },
  { what: 'in another container, under another name', owner: { ...OWNER, bootId: null, host: 'b' }, afterMs: 7_000 },
]
for (const { what, owner, afterMs } of predecessors) {
  test(`F11: an installation is not locked out by its own dead predecessor: ${what}`, async () => {
    const { daemon, pass, leaveBehind } = aDatabase()
    leaveBehind(owner)
    const restarted = await daemon().take()
    await pass(afterMs)
    equal(restarted.is, 'has it')
  })
}

test('F11: a living copy of the state directory is another daemon', async () => {
  const { daemon, pass } = aDatabase()
  await daemon({ ...OWNER, bootId: 'boot-of-the-copy', host: 'copy.example' }).take()
  const original = await daemon().take()
  await pass(BEAT_MS + 1_000)
  match(String(original.is), /process 4711 on copy\.example/)
})

test('F11: of two that start at once, and of two that wait for the same dead one, one is refused', async () => {
  for (const isLeftBehind of [false, true]) {
    const { daemon, pass, leaveBehind } = aDatabase()
    if (isLeftBehind) leaveBehind({ ...OWNER, installation: 'c'.repeat(32) })
    const both = [await daemon().take(), await daemon(OTHER).take()]
    await pass(SILENCE_MS + 5_000)
    equal(both.filter(({ is }) => is === 'has it').length, 1, `left behind: ${isLeftBehind}`)
    equal(both.filter(({ is }) => is instanceof DatabaseTaken).length, 1, `left behind: ${isLeftBehind}`)
  }
})

test('F11: with the database away at the start work goes on, and the lease is taken when it is back', async () => {
  const { daemon, pass, table, log } = aDatabase()
  table.fault = 'away'
  equal((await daemon().take()).is, 'has it')
  await pass(20_000)
  deepEqual([table.row, log.of('warn')], [null, [UNKNOWN]])
  table.fault = null
  await pass(BEAT_MS)
  equal(table.row?.['host'], 'cron1.example')
  deepEqual(log.of('info'), ['lease on the database confirmed again'])
})

test('F11: of two that began while the database was away, one finds the other when it is back, and is told to stop, once', async () => {
  const { daemon, pass, table } = aDatabase()
  table.fault = 'away'
  const [first, second] = [daemon(), daemon(OTHER)]
  await first.take()
  await second.take()
  table.fault = null
  await pass(3 * BEAT_MS)
  equal(first.losses.length + second.losses.length, 1)
  const [loss] = [...first.losses, ...second.losses]
  match(String(loss), new RegExp(`process ${table.row?.pid} on ${table.row?.host}`))
})

test('F11: a daemon that the database has not heard of for long says so once, and keeps the lease where nobody took it', async () => {
  const { daemon, pass, table, log } = aDatabase()
  const { losses, take } = daemon()
  await take()
  table.fault = 'lost'
  await pass(3 * SILENCE_MS)
  deepEqual(log.of('warn'), [UNKNOWN, 'lease on the database not renewed for 30 s; another daemon could start now'])
  table.fault = null
  await pass(2 * BEAT_MS)
  deepEqual([losses, table.row?.host], [[], 'cron1.example'])
})

test('F11: a daemon that was stopped for long enough finds its successor, and yields', async () => {
  const { daemon, pass, table, leaveBehind } = aDatabase()
  const { losses, take } = daemon()
  await take()
  leaveBehind(OTHER)
  const successor = daemon(OTHER)
  await successor.take()
  await pass(2 * BEAT_MS)
  deepEqual([losses.length, table.row?.host], [1, 'cron2.example'])
})

test('F11: a row that vanished, or came back with an old backup, is taken again', async () => {
  const { daemon, pass, table, leaveBehind } = aDatabase()
  const { losses, take } = daemon()
  await take()
  const vanish = () => {
    table.row = null
  }
  vanish()
  await pass(BEAT_MS)
  equal(table.row?.host, 'cron1.example')
  leaveBehind({ ...OTHER, host: 'of-the-backup' })
  await pass(SILENCE_MS + 2 * BEAT_MS)
  deepEqual([losses, table.row?.host], [[], 'cron1.example'])
})

test('F11: that the lease holds on one server alone is told once, however often it is taken', async () => {
  const { daemon, pass, table, log } = aDatabase()
  table.weakness = new StoreError('MySQL at db: no table', 'make it')
  await daemon().take()
  table.row = null
  await pass(2 * BEAT_MS)
  equal(table.row?.['host'], 'cron1.example')
  deepEqual(log.of('warn'), [
    'cannot use rcron_lease: a server lock (GET_LOCK) keeps a second daemon out, but not one on another node of a Galera cluster',
  ])
})

test('F11: a tick looks and holds nothing: refused beside a living daemon, delayed once by a dead one', async () => {
  const { daemon, pass, table, leaveBehind } = aDatabase()
  const living = daemon()
  await living.take()
  const looking = daemon(OTHER).lease.look(NEVER)
  const refusal = looking.then(
    () => null,
    (error: unknown) => error,
  )
  await pass(BEAT_MS + 1_000)
  ok((await refusal) instanceof DatabaseTaken)

  await living.lease.release()
  leaveBehind({ ...OWNER, pid: 9 })
  const delayed = daemon(OTHER).lease.look(NEVER)
  await pass(SILENCE_MS + 1_000)
  await delayed
  equal(table.row, null)
})
