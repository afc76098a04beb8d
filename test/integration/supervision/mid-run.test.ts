import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { wipe } from '../../support/processes.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/wait-until.ts'
import { accessTo, commandProcessesOf, processesOf, SupervisedLab, type WatchedRun } from './supervised-lab.ts'

async function aHost(t: TestContext) {
  const sshd = await startSshd()
  t.after(() => sshd.stop())
  const proxy = await startTcpProxy({ port: sshd.port })
  t.after(() => proxy.close())
  const secret = sshd.clientKey.contents
  return { sshd, proxy, secret, direct: { port: sshd.port, secret }, proxied: { port: proxy.port, secret } }
}

const told = (run: WatchedRun, what: string) => until(`the watch is told ${what}`, () => run.watch.told.includes(what))

/** Ends when the file `go` is made, with a status that is not found by chance. */
const silent = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done; exit 23'
const chatty = 'while [ ! -e "$HOME/go" ]; do echo chatter; echo noise >&2; sleep 0.01; done; exit 23'
const go = (sshd: Sshd) => writeFileSync(join(sshd.home, 'go'), '')
const EXACT = { kind: 'failed', exitCode: 23 }
const HASTY = { timings: { keepaliveMs: 100, keepaliveCount: 2, tcpMs: 500, loginMs: 500, execAnswerMs: 2_000 } }

for (const [name, command] of [
  ['a silent', silent],
  ['a chatty', chatty],
] as const) {
  test(`E2: cut while ${name} command runs: it survives, is found again, and its end is exact`, async (t) => {
    const { sshd, proxy, proxied } = await aHost(t)
    await using lab = new SupervisedLab()
    const run = lab.start(proxied, command)
    await told(run, 'started')
    proxy.cut()
    await told(run, 'found')
    deepEqual(run.watch.told, ['started', 'unknown', 'found'])
    go(sshd)
    const { outcome, output, durationMs } = await run.running.result
    deepEqual(outcome, EXACT)
    ok(durationMs !== null && durationMs >= 0, 'as its host has measured it')
    match(output.head + output.tail, /\[rcron: output from while the connection was lost is gone/)
  })

  test(`E2: frozen while ${name} command runs, and it ends meanwhile: its end is exact after the thaw`, async (t) => {
    const { sshd, proxy, proxied } = await aHost(t)
    await using lab = new SupervisedLab(HASTY)
    const run = lab.start(proxied, command)
    await told(run, 'started')
    proxy.freeze()
    await told(run, 'unknown')
    go(sshd)
    await until('it has ended', () => processesOf(run.id).length === 0)
    proxy.thaw()
    deepEqual((await run.running.result).outcome, EXACT)
    deepEqual(run.watch.told, ['started', 'unknown'])
  })

  test(`E2: the sshd that serves ${name} command is killed and comes back: its end is exact`, async (t) => {
    const { sshd, direct } = await aHost(t)
    await using lab = new SupervisedLab()
    const run = lab.start(direct, command)
    await told(run, 'started')
    await sshd.restart()
    go(sshd)
    deepEqual((await run.running.result).outcome, EXACT)
  })
}

test('E2: the sshd session of a run is stopped: found over another one, and its end is exact', async (t) => {
  const { sshd, direct } = await aHost(t)
  await using lab = new SupervisedLab(HASTY)
  const run = lab.start(direct, chatty)
  await told(run, 'started')
  const stopped = sshd.sessions()
  for (const pid of stopped) process.kill(pid, 'SIGSTOP')
  await told(run, 'found')
  go(sshd)
  deepEqual((await run.running.result).outcome, EXACT)
  for (const pid of stopped) process.kill(pid, 'SIGCONT')
})

test('E2: the host is away for longer than a run may be unknown: lost, with the reason', async (t) => {
  const { sshd, direct } = await aHost(t)
  await using lab = new SupervisedLab({ lostAfterMs: 300 })
  const run = lab.start(direct, silent)
  await told(run, 'started')
  await sshd.kill()
  const { outcome } = await run.running.result
  match(
    outcome.kind === 'lost' ? outcome.reason : outcome.kind,
    /no answer for .* connection refused.*may have done its work/,
  )
})

for (const trace of ['known', 'not known'] as const) {
  test(`another process takes a run up, its trace ${trace}: found, and its end is exact`, async (t) => {
    const { sshd, direct } = await aHost(t)
    const before = new SupervisedLab()
    await using cleanup = before
    await using after = new SupervisedLab()
    const run = before.start(direct, chatty)
    await told(run, 'started')
    run.running.abandon()
    const adopted = after.adopt(direct, run.id, { trace: trace === 'known' ? run.watch.trace : null, startedAt: 5 })
    await told(adopted, 'found')
    go(sshd)
    const { outcome, startedAt } = await adopted.running.result
    deepEqual([outcome, startedAt], [EXACT, 5])
    deepEqual(adopted.watch.told, trace === 'known' ? ['found'] : ['started', 'found'])
    ok(cleanup !== undefined)
  })
}

test('a run that ended while no process looked is collected by the next one', async (t) => {
  const { sshd, direct } = await aHost(t)
  await using before = new SupervisedLab()
  await using after = new SupervisedLab()
  const run = before.start(direct, silent)
  await told(run, 'started')
  run.running.abandon()
  go(sshd)
  await until('it has ended', () => processesOf(run.id).length === 0)
  deepEqual((await after.adopt(direct, run.id).running.result).outcome, EXACT)
})

test('how long it ran then, and so when it ended, is what its host has measured', async (t) => {
  const { sshd, direct } = await aHost(t)
  await using before = new SupervisedLab()
  await using after = new SupervisedLab()
  const began = Date.now()
  const run = before.start(direct, silent)
  await told(run, 'started')
  run.running.abandon()
  go(sshd)
  await until('it has ended', () => processesOf(run.id).length === 0)
  const mostMs = Date.now() - began + 10
  await until('a while has passed', () => Date.now() - began > mostMs + 500)
  const startedAt = began - 3_600_000
  const { durationMs, endedAt } = await after.adopt(direct, run.id, { startedAt }).running.result
  ok(durationMs !== null && durationMs >= 0 && durationMs <= mostMs, `${durationMs} ms`)
  equal(endedAt, startedAt + durationMs)
})

test('E1: a run whose lock was written and whose start was never sent: withdrawn, so that it never starts', async (t) => {
  const { direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const adopted = lab.adopt(direct, '0123456789abcdef0123456789abcdef')
  const { outcome, startedAt } = await adopted.running.result
  deepEqual([outcome.kind, startedAt], ['unreachable', null])
  equal((await lab.start(direct, 'true', {}, adopted.id).running.result).outcome.kind, 'unreachable')
})

test('no row tells the way in: unknown, asked again, and found when there is one', async (t) => {
  const { direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, silent)
  await told(run, 'started')
  run.running.abandon()
  let asked = 0
  const access = () => (asked++ === 0 ? null : accessTo(direct))
  const adopted = lab.adopt(direct, run.id, { access })
  await told(adopted, 'unknown')
  await told(adopted, 'found')
  deepEqual(await adopted.running.kill('operator'), { kind: 'dead' })
})

test('E9: the host was booted since: lost, with the reason', async (t) => {
  const { sshd, direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, silent)
  await told(run, 'started')
  run.running.abandon()
  const [claim = ''] = findClaims(sshd, run.id)
  writeFileSync(claim, readFileSync(claim, 'utf8').replace(/boot=\S+/, 'boot=00000000-another-boot'))
  // Begun before this machine was booted: else another boot id would mean another machine.
  const { outcome } = await lab.adopt(direct, run.id, { trace: run.watch.trace, startedAt: 0 }).running.result
  match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /its host rebooted while it ran/)
})

test('the shell that watches over a run is killed with it: lost, not failed with a status that nobody gave', async (t) => {
  const { direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, silent)
  // The host says that a run has begun before its command does.
  await until('the command runs', () => commandProcessesOf(run.id).length > 0)
  await wipe(() => processesOf(run.id))
  const { outcome } = await run.running.result
  match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /no longer alive and left no exit status/)
})

test('keep_output: what was printed while nobody listened is delivered', async (t) => {
  const { sshd, proxy, proxied } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(proxied, `echo before; while [ ! -e "$HOME/go" ]; do sleep 0.05; done; echo after; exit 23`, {
    keepOutput: true,
  })
  await told(run, 'started')
  proxy.cut()
  await told(run, 'found')
  go(sshd)
  const { outcome, output } = await run.running.result
  deepEqual(outcome, EXACT)
  match(output.head, /^before\nafter\n\[rcron: contact was lost for a while/)
})

function findClaims(sshd: Sshd, id: string): readonly string[] {
  return readdirSync(sshd.home, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(id))
    .map((path) => join(sshd.home, path))
}
