import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import { createSupervisor } from '../../../src/execution/supervision/supervisor.ts'
import { judgeKill, judgeProbe } from '../../../src/execution/supervision/verdict.ts'
import { aCron, minute } from '../../support/builders.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'
import { ScriptedHosts } from './scripted-hosts.ts'

test('another machine that answers under the name of a host proves neither an end nor a death', () => {
  const probed = judgeProbe({ kind: 'elsewhere' }, true)
  match(probed.kind === 'silent' ? probed.reason : probed.kind, /another machine answered/)
  const killed = judgeKill({ kind: 'elsewhere' }, { hasBegun: true })
  deepEqual([killed.kind, killed.kind === 'unconfirmed' && killed.isSent], ['unconfirmed', false])
})

test('a silent host is told once, and that another machine answers for it once more, until the run is found', async () => {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const hosts = new ScriptedHosts()
  const supervisor = createSupervisor({
    hosts,
    clock,
    lostAfterMs: 3_600_000,
    preambleMs: 30_000,
    random: () => 0,
    noteSpool: () => {},
  })
  const away = { kind: 'unanswered', reason: 'away' } as const
  const trace = { pid: 4711, start: '1', boot: 'b', cgroup: '-' }
  hosts.probes = [away, { kind: 'elsewhere' }, away, { kind: 'elsewhere' }, { kind: 'running', trace }, away]
  const told: string[] = []
  const run = { id: 'ab'.repeat(16), cron: aCron(), minute: minute('2026-03-01T12:00:00Z') }
  const running = supervisor.start(run, {
    started: () => {},
    unknown: (reason) => told.push(reason.replace(/:.*/, '')),
    found: () => told.push('found'),
  })
  await settled()
  hosts.end({ kind: 'broken', reason: 'cut' })
  for (let asked = 0; asked < 7; asked++) await clock.advance(60_000)
  const elsewhere = 'another machine answered under the name of its host'
  deepEqual(told, ['cut', elsewhere, 'found', 'away'])
  running.abandon()
})
