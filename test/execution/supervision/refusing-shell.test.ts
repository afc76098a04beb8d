import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../../src/domain/outcome.ts'
import { createSupervisor } from '../../../src/execution/supervision/supervisor.ts'
import type { CommandEnd } from '../../../src/hosts/transport.ts'
import { aCron, minute } from '../../support/builders.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'
import { ScriptedHosts } from './scripted-hosts.ts'

const ID = 'ab'.repeat(16)

/** A START whose session ends as told, before which its host printed what is given. */
async function aSessionThatEnds(end: CommandEnd, printed: { readonly stdout?: string; readonly stderr?: string } = {}) {
  const hosts = new ScriptedHosts()
  hosts.isMute = true
  hosts.probes = [{ kind: 'unreadable', reason: 'nothing' }]
  const supervisor = createSupervisor({
    hosts,
    clock: new HandClock('2026-03-01T12:00:00Z'),
    lostAfterMs: 3_600_000,
    preambleMs: 30_000,
    random: () => 0,
    noteSpool: () => {},
  })
  const run = { id: ID, cron: aCron(), minute: minute('2026-03-01T12:00:00Z') }
  const watch = { started: () => {}, unknown: () => {}, found: () => {} }
  const running = supervisor.start(run, watch)
  await settled()
  for (const stream of ['stdout', 'stderr'] as const) hosts.onOutput(stream, Buffer.from(printed[stream] ?? ''))
  hosts.end(end)
  let outcome: Outcome | null = null
  void running.result.then((it) => {
    outcome = it.outcome
  })
  await settled()
  return { outcome: outcome as Outcome | null, asked: hosts.asked, forgotten: hosts.forgotten }
}

const reasonOf = ({ outcome }: Awaited<ReturnType<typeof aSessionThatEnds>>) =>
  outcome?.kind === 'refused' ? outcome.reason : `not refused but ${outcome?.kind ?? 'still active'}`

test('a session that ended in order, with a status and without an answer, has not begun the command: refused, and nobody is asked', async () => {
  const refused = await aSessionThatEnds(
    { kind: 'exited', code: 1, isWhole: true },
    { stderr: 'This account is currently not available.\n' },
  )
  equal(
    reasonOf(refused),
    'its login ended with status 1 and did not begin the command; it printed "This account is currently not available."',
  )
  deepEqual([refused.asked, refused.forgotten], [['start'], []])
})

test('what was printed on stdout says why where stderr is empty; both are bounded, and escaped', async () => {
  const end = { kind: 'exited', code: 0, isWhole: true } as const
  match(reasonOf(await aSessionThatEnds(end, { stdout: 'This is a switch.' })), /"This is a switch\."; .*supervise = 0/)
  match(
    reasonOf(await aSessionThatEnds(end, { stdout: 'motd', stderr: 'no\u009b2J\u202e\n' })),
    /"no\\x9b2J\\u\{202e\}"/,
  )
  equal(reasonOf(await aSessionThatEnds(end, { stderr: 'x'.repeat(100_000) })).length < 500, true)
  match(reasonOf(await aSessionThatEnds(end)), /it printed nothing/)
})

const doubtful: readonly (readonly [string, CommandEnd, string])[] = [
  ['the connection broke after the status', { kind: 'exited', code: 1 }, ''],
  ['the session ended without a status', { kind: 'broken', reason: 'closed' }, ''],
  ['the login was ended by a signal', { kind: 'signaled', signal: 'SIGKILL' }, ''],
  ['an answer that cannot be read', { kind: 'exited', code: 0, isWhole: true }, `RCRON1 ${ID} pid=? start=1\n`],
  ['an answer that was cut off', { kind: 'exited', code: 0, isWhole: true }, `RCRON1 ${ID} pid=12 st`],
]
for (const [name, end, stdout] of doubtful) {
  test(`${name}: its host is asked before any other host is tried`, async () => {
    const { outcome, asked } = await aSessionThatEnds(end, { stdout })
    deepEqual([outcome, asked], [null, ['start', 'probe']])
  })
}
