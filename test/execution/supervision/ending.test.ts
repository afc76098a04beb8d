import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { Cron } from '../../../src/domain/cron.ts'
import type { RunTrace } from '../../../src/domain/run.ts'
import { createSupervisor } from '../../../src/execution/supervision/supervisor.ts'
import { aCron, minute } from '../../support/builders.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'
import { ScriptedHosts } from './scripted-hosts.ts'

const ID = 'ab'.repeat(16)

async function aRunUnderWay(cron: Partial<Cron> = {}) {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const hosts = new ScriptedHosts()
  const told: string[] = []
  let trace: RunTrace | null = null
  const supervisor = createSupervisor({
    hosts,
    clock,
    lostAfterMs: 3_600_000,
    preambleMs: 30_000,
    random: () => 0,
    noteSpool: () => {},
  })
  const run = { id: ID, cron: aCron(cron), minute: minute('2026-03-01T12:00:00Z') }
  const running = supervisor.start(run, {
    started: (it) => {
      trace = it
      told.push('started')
    },
    unknown: () => told.push('unknown'),
    found: () => told.push('found'),
  })
  await settled()
  return { clock, hosts, told, running, trace: () => trace as RunTrace | null }
}

/** Whether the result is known by now. */
async function isOver(result: Promise<unknown>): Promise<boolean> {
  let over = false
  void result.then(() => {
    over = true
  })
  await settled()
  return over
}

test('stuck: not confirmed, and the end of its session is not its end, until a later kill finds nothing', async () => {
  const { clock, hosts, told, running } = await aRunUnderWay()
  hosts.kills = [
    { kind: 'stuck', pids: [7, 8] },
    { kind: 'stuck', pids: [8] },
    { kind: 'none', guarded: true, status: null },
  ]
  deepEqual(await running.kill('clobber'), { kind: 'unconfirmed', reason: 'still alive after KILL: pids 7, 8' })
  hosts.end({ kind: 'exited', code: 143 })
  equal(await isOver(running.result), false)
  deepEqual(told, ['started', 'unknown'])
  await clock.advance(5_000)
  deepEqual((await running.result).outcome, { kind: 'killed', by: 'clobber' })
})

test('the answer to a kill is lost, and the run ends: killed once more, so that nothing of it is left', async () => {
  const { hosts, running } = await aRunUnderWay()
  hosts.kills = [
    { kind: 'unanswered', reason: 'cut', isSent: true },
    { kind: 'none', guarded: true, status: null },
  ]
  equal((await running.kill('operator')).kind, 'unconfirmed')
  hosts.end({ kind: 'exited', code: 0 })
  deepEqual((await running.result).outcome, { kind: 'killed', by: 'operator' })
  deepEqual(hosts.asked, ['start', 'kill', 'kill'])
})

test('out of time, and only what its command had left behind is found and ended: its outcome is its own', async () => {
  const { clock, hosts, running } = await aRunUnderWay({ timeoutMs: 60_000 })
  hosts.kills = [{ kind: 'ended', by: 'term', status: { exitCode: 4, signal: null } }]
  await clock.advance(60_000)
  hosts.end({ kind: 'exited', code: 4 })
  deepEqual((await running.result).outcome, { kind: 'failed', exitCode: 4 })
})

test('the answer to a kill is lost, and the next one tells that it had ended before the first: its outcome is its own', async () => {
  const { hosts, running } = await aRunUnderWay()
  hosts.kills = [
    { kind: 'unanswered', reason: 'cut', isSent: true },
    { kind: 'none', guarded: true, status: { exitCode: 4, signal: null } },
  ]
  equal((await running.kill('clobber')).kind, 'unconfirmed')
  const death = running.kill('clobber')
  hosts.end({ kind: 'exited', code: 4 })
  deepEqual([await death, (await running.result).outcome], [{ kind: 'dead' }, { kind: 'failed', exitCode: 4 }])
})

test('a kill that was never sent leaves the run its own outcome', async () => {
  const { hosts, running } = await aRunUnderWay()
  equal((await running.kill('operator')).kind, 'unconfirmed')
  hosts.end({ kind: 'exited', code: 4 })
  deepEqual((await running.result).outcome, { kind: 'failed', exitCode: 4 })
})

test('half killed, and its host stays silent for as long as a run may be unknown: lost, with the cause', async () => {
  const { clock, hosts, running } = await aRunUnderWay()
  hosts.kills = [
    { kind: 'stuck', pids: [7] },
    { kind: 'unanswered', reason: 'away', isSent: false },
  ]
  await running.kill('clobber')
  hosts.end({ kind: 'exited', code: 143 })
  while (!(await isOver(running.result))) await clock.advance(300_000)
  const { outcome } = await running.result
  match(outcome.kind === 'lost' ? outcome.reason : '', /^killed by clobber, and its death cannot be confirmed: away/)
})

test('out of time and not confirmed: tried again, less and less often, until it is', async () => {
  const { clock, hosts, running } = await aRunUnderWay({ timeoutMs: 60_000 })
  hosts.kills = [
    { kind: 'unanswered', reason: 'away', isSent: false },
    { kind: 'unanswered', reason: 'away', isSent: false },
    { kind: 'ended', by: 'term', status: null },
  ]
  await clock.advance(60_000)
  equal(hosts.asked.filter((what) => what === 'kill').length, 1)
  await clock.advance(4_000)
  equal(hosts.asked.filter((what) => what === 'kill').length, 2)
  await clock.advance(4_000)
  equal(hosts.asked.filter((what) => what === 'kill').length, 2)
  await clock.advance(4_000)
  hosts.end({ kind: 'exited', code: 143 })
  deepEqual((await running.result).outcome, { kind: 'timed-out', afterMs: 60_000 })
})

test('the first cause stays, whoever asks next', async () => {
  const { hosts, running } = await aRunUnderWay()
  hosts.kills = [
    { kind: 'stuck', pids: [7] },
    { kind: 'ended', by: 'kill', status: null },
  ]
  await running.kill('operator')
  const death = running.kill('clobber')
  hosts.end({ kind: 'exited', code: 137 })
  deepEqual([await death, (await running.result).outcome], [{ kind: 'dead' }, { kind: 'killed', by: 'operator' }])
})

test('a scope that other runs share is not told; one of its own is', async () => {
  equal((await aRunUnderWay()).trace()?.cgroup, '-')
  equal((await aRunUnderWay({ ownConnection: true })).trace()?.cgroup, '/a/session-3.scope')
  equal((await aRunUnderWay({ action: 'clobber' })).trace()?.cgroup, '/a/session-3.scope')
})

test('a run that begun is forgotten on its host when its outcome is known, and not before', async () => {
  const { hosts, running } = await aRunUnderWay()
  deepEqual(hosts.forgotten, [])
  hosts.end({ kind: 'exited', code: 0 })
  await running.result
  deepEqual(hosts.forgotten, [ID])
})

test('let go: the end of the session is told to nobody', async () => {
  const { hosts, running } = await aRunUnderWay()
  running.abandon()
  hosts.end({ kind: 'broken', reason: 'closed' })
  equal(await isOver(running.result), false)
  deepEqual([hosts.asked, hosts.forgotten], [['start'], []])
})

test('its session ends with a status that may not be its own: asked, and told what the host wrote down', async () => {
  const { hosts, running, told } = await aRunUnderWay()
  hosts.probes = [{ kind: 'exited', status: { exitCode: 255, signal: null }, endedByItself: true, hasKept: false }]
  hosts.end({ kind: 'exited', code: 255 })
  const { outcome, output } = await running.result
  deepEqual([outcome, output.head, told], [{ kind: 'failed', exitCode: 255 }, '', ['started']])
})

test('a host that is silent is asked after 4 s, 8 s and so on, with 5 min between at most, and counts as lost once', async () => {
  const { clock, hosts, running, told } = await aRunUnderWay()
  hosts.end({ kind: 'broken', reason: 'cut' })
  await settled()
  const times: number[] = []
  let probes = 1
  for (let second = 1; second <= 1_000; second++) {
    await clock.advance(1_000)
    const now = hosts.asked.filter((what) => what === 'probe').length
    if (now > probes) times.push(second)
    probes = now
  }
  deepEqual(times.slice(0, 4), [4, 12, 27, 57])
  deepEqual(told, ['started', 'unknown'])
  hosts.probes = [
    { kind: 'running', trace: null },
    { kind: 'gone', killsAtSessionEnd: true },
  ]
  await clock.advance(300_000)
  deepEqual(told, ['started', 'unknown', 'found'])
  await clock.advance(500)
  match(JSON.stringify((await running.result).outcome), /left no exit status.*KillUserProcesses=yes.*KillExcludeUsers=/)
})
