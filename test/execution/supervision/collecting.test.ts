import { deepEqual, equal, match, notEqual, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import type { RunTrace } from '../../../src/domain/run.ts'
import type { AdoptedRun } from '../../../src/execution/executor.ts'
import type { ProbeReply } from '../../../src/execution/supervision/run-hosts.ts'
import { createSupervisor } from '../../../src/execution/supervision/supervisor.ts'
import { aCron, anAuth, aSystem, minute } from '../../support/builders.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'
import { ScriptedHosts } from './scripted-hosts.ts'

const ID = 'cd'.repeat(16)
const TRACE: RunTrace = { pid: 4711, start: '1', boot: 'b', cgroup: '-' }
const HOUR_MS = 3_600_000
const GARBLED: ProbeReply = { kind: 'unreadable', reason: 'its host answered "sh: 0: Cannot fork"' }
const EXITED: ProbeReply = { kind: 'exited', status: { exitCode: 0, signal: null }, endedByItself: true, hasKept: true }
const watch = { started: () => {}, unknown: () => {}, found: () => {} }

function aSupervisor() {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const hosts = new ScriptedHosts()
  const parts = { hosts, clock, lostAfterMs: 24 * HOUR_MS, preambleMs: 30_000, random: () => 0 }
  return { clock, hosts, supervisor: createSupervisor({ ...parts, noteSpool: () => undefined }) }
}

function adopted(clock: HandClock, overrides: Partial<AdoptedRun> = {}): AdoptedRun {
  return {
    id: ID,
    command: 'true',
    trace: TRACE,
    startedAt: clock.now(),
    timeoutMs: null,
    killGraceMs: 1_000,
    ownConnection: false,
    unknownSince: null,
    killedBy: null,
    access: () => ({ system: aSystem(), auth: anAuth() }),
    ...overrides,
  }
}

/** How long after the beginning the result came, by the hand-moved clock; null where it has not come within `mostMs`. */
async function hoursUntil(clock: HandClock, result: Promise<unknown>, mostHours: number): Promise<number | null> {
  let over = false
  void result.then(() => {
    over = true
  })
  for (let minutes = 0; minutes <= mostHours * 60; minutes += 5) {
    await settled()
    if (over) return minutes / 60
    await clock.advance(5 * 60_000)
  }
  return null
}

test('a host that has told of the run before, and cannot now, is asked until the deadline: it may be out of processes', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.probes = [GARBLED]
  const { result } = supervisor.adopt(adopted(clock), watch)
  equal(await hoursUntil(clock, result, 23), null)
  hosts.probes = [EXITED]
  await hoursUntil(clock, result, 1)
  deepEqual((await result).outcome, { kind: 'succeeded' })
})

test('a host that ended the start without an answer, and answers no question, has no shell that can: lost soon', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.isMute = true
  hosts.probes = [GARBLED]
  const run = { id: ID, cron: aCron(), minute: minute('2026-03-01T12:00:00Z') }
  const { result } = supervisor.start(run, watch)
  await settled()
  hosts.end({ kind: 'exited', code: 1 })
  equal((await hoursUntil(clock, result, 1)) !== null, true)
  equal((await result).outcome.kind, 'lost')
})

test('what was unknown before a restart goes on counting: lost when the deadline is over, not a deadline later', async () => {
  const { clock, supervisor } = aSupervisor()
  const unknownSince = clock.now() - 20 * HOUR_MS
  const { result } = supervisor.adopt(adopted(clock, { unknownSince }), watch)
  const hours = await hoursUntil(clock, result, 24)
  equal(hours !== null && hours >= 4 && hours <= 4.2, true, `lost after ${hours} hours`)
  equal((await result).outcome.kind, 'lost')
})

test('a run with a connection of its own has it after a restart too, though the host had not told its trace', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.kills = [{ kind: 'ended', by: 'kill', status: null }]
  await supervisor.adopt(adopted(clock, { trace: null, ownConnection: true }), watch).kill('clobber')
  deepEqual(hosts.killOptions, [{ graceMs: 1_000, ownConnection: true }])
})

test('kept output that cannot be fetched at first is fetched later, and forgotten only then', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.probes = [EXITED]
  hosts.kept = ['unanswered', [{ stream: 'stdout', place: 'head', bytes: Buffer.from('kept\n') }]]
  const { result } = supervisor.adopt(adopted(clock), watch)
  await settled()
  deepEqual(hosts.forgotten, [])
  await clock.advance(5_000)
  match((await result).output.head, /^kept\n\[rcron: contact was lost for a while; this is what the host kept/)
  deepEqual(hosts.forgotten, [ID])
})

test('kept output that cannot be fetched at all stays on its host, and the run says where', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.probes = [EXITED]
  hosts.kept = ['unanswered']
  const { result } = supervisor.adopt(adopted(clock), watch)
  await hoursUntil(clock, result, 1)
  match((await result).output.head, new RegExp(`could not be fetched: see the files ${ID}\\.\\*`))
  deepEqual(hosts.forgotten, [])
})

test('a run that ended unseen took as long as its host has measured, and ended so long after it began', async () => {
  // What cannot be: it has ended by now.
  for (const [tookMs, endedAfterMs] of [[14_000, 14_000] as const, [2 * HOUR_MS, HOUR_MS] as const]) {
    const { clock, hosts, supervisor } = aSupervisor()
    const startedAt = clock.now()
    await clock.advance(HOUR_MS)
    hosts.probes = [{ ...EXITED, hasKept: false, tookMs }]
    const { durationMs, endedAt } = await supervisor.adopt(adopted(clock, { startedAt }), watch).result
    deepEqual([durationMs, endedAt], [tookMs, startedAt + endedAfterMs])
  }
})

test('so did one of which a KILL proves that it had ended before', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  const startedAt = clock.now()
  await clock.advance(HOUR_MS)
  hosts.probes = [{ kind: 'running', trace: TRACE }]
  hosts.kills = [{ kind: 'none', guarded: true, status: { exitCode: 0, signal: null }, tookMs: 14_000 }]
  const running = supervisor.adopt(adopted(clock, { startedAt }), watch)
  await running.kill('operator')
  const { outcome, durationMs, endedAt } = await running.result
  deepEqual([outcome, durationMs, endedAt], [{ kind: 'succeeded' }, 14_000, startedAt + 14_000])
})

test('a bug while a run is read along is no outcome: the run rejects with it, and its host still knows of it', async () => {
  const { hosts, supervisor } = aSupervisor()
  const broken = {
    ...watch,
    started: () => {
      throw new Error('a bug')
    },
  }
  const run = { id: ID, cron: aCron(), minute: minute('2026-03-01T12:00:00Z') }
  await rejects(supervisor.start(run, broken).result, /a bug/)
  deepEqual(hosts.forgotten, [])
})

test('taken up while it is being killed: killed at once, and over only on a KILL’s proof, whatever status its host has', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.probes = [{ ...EXITED, status: { exitCode: 143, signal: null }, endedByItself: false }]
  hosts.kills = [
    { kind: 'unanswered', reason: 'away', isSent: false },
    { kind: 'stuck', pids: [8] },
    { kind: 'ended', by: 'kill', status: null },
  ]
  const { result } = supervisor.adopt(adopted(clock, { killedBy: 'clobber' }), watch)
  notEqual(await hoursUntil(clock, result, 1), 0)
  const { outcome, endedByItself } = await result
  deepEqual([outcome, endedByItself], [{ kind: 'killed', by: 'clobber' }, false])
  deepEqual(hosts.asked.filter((verb) => verb === 'kill').length, 3)
})

test('taken up while it is being killed, and a KILL proves that it had ended before: its outcome is its own', async () => {
  const { clock, hosts, supervisor } = aSupervisor()
  hosts.probes = [EXITED]
  hosts.kills = [{ kind: 'none', guarded: true, status: { exitCode: 0, signal: null } }]
  const { result } = supervisor.adopt(adopted(clock, { killedBy: 'clobber' }), watch)
  const { outcome, endedByItself } = await result
  deepEqual([outcome, endedByItself], [{ kind: 'succeeded' }, true])
})
