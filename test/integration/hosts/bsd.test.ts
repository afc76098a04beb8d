import { deepEqual, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Cron } from '../../../src/domain/cron.ts'
import { wipe } from '../../support/processes.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/wait-until.ts'
import { commandProcessesOf, processesOf, SupervisedLab, type WatchedRun } from '../supervision/supervised-lab.ts'
import { type Kernel, startBsdHost } from './bsd-host.ts'

async function aHost(t: TestContext, kernel?: Kernel) {
  const bsd = await startBsdHost(kernel)
  t.after(() => bsd.stop())
  const proxy = await startTcpProxy({ port: bsd.sshd.port })
  t.after(() => proxy.close())
  const secret = bsd.sshd.clientKey.contents
  return {
    ...bsd,
    proxy,
    direct: { port: bsd.sshd.port, secret },
    proxied: { port: proxy.port, secret },
    go: () => writeFileSync(join(bsd.sshd.home, 'go'), ''),
  }
}

const UNTIL_GO = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done; exit 23'
const EXACT = { kind: 'failed', exitCode: 23 }

const told = (run: WatchedRun, what: string) => until(`the watch is told ${what}`, () => run.watch.told.includes(what))
const grown = (run: WatchedRun, processes: number) =>
  until(`${processes} processes are up`, () => commandProcessesOf(run.id).length >= processes)
const ended = (run: WatchedRun) => until('nothing of it is left', () => processesOf(run.id).length === 0)

test('E11: BSD: the host has no /proc, and its runs end exactly', async (t) => {
  const { direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const { outcome, output } = await lab.run(direct, 'ls /proc | wc -l; ps -p $$ -o pgid= | tr -d " "; exit 7')
  deepEqual(outcome, { kind: 'failed', exitCode: 7 })
  match(output.head, /^0\n\d+\n$/)
})

test('E11: BSD: a run is told by its pid and the time it began, found again after a cut, and its end is exact', async (t) => {
  const { proxy, proxied, go } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(proxied, UNTIL_GO)
  await told(run, 'started')
  match(run.watch.trace?.start ?? '', /^[A-Z][a-z]{2}_[A-Z][a-z]{2}_\d{1,2}_\d\d:\d\d:\d\d_20\d\d_?$/)
  match(run.watch.trace?.boot ?? '', /^1704067200123456/)
  proxy.cut()
  await told(run, 'found')
  go()
  deepEqual((await run.running.result).outcome, EXACT)
})

test('E11: BSD: a run that ended while nobody listened is collected', async (t) => {
  const { direct, go } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, UNTIL_GO)
  await told(run, 'started')
  run.running.abandon()
  go()
  await ended(run)
  deepEqual((await lab.adopt(direct, run.id, { trace: run.watch.trace }).running.result).outcome, EXACT)
})

test('E11: BSD: a run that is gone without a word is lost, and not before', async (t) => {
  const { proxy, proxied, direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(proxied, UNTIL_GO)
  await grown(run, 1)
  proxy.freeze()
  run.running.abandon()
  const adopted = lab.adopt(direct, run.id, { trace: run.watch.trace })
  await told(adopted, 'found')
  adopted.running.abandon()
  await wipe(() => processesOf(run.id))
  const { outcome } = await lab.adopt(direct, run.id, { trace: run.watch.trace }).running.result
  match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /no longer alive and left no exit status/)
})

test('E11: BSD: a host that was booted since is told by the time it booted', async (t) => {
  const { direct, bootedAt } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, UNTIL_GO)
  await told(run, 'started')
  run.running.abandon()
  await wipe(() => processesOf(run.id))
  bootedAt(Math.ceil(Date.now() / 1000) + 60)
  const { outcome } = await lab.adopt(direct, run.id, { trace: run.watch.trace }).running.result
  match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /rebooted while it ran/)
})

test('E11: BSD: a clock that was set moves the time it booted, and a run that is alive stays alive', async (t) => {
  const { direct, bootedAt, go } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, UNTIL_GO)
  await told(run, 'started')
  run.running.abandon()
  bootedAt(1_704_067_203)
  const adopted = lab.adopt(direct, run.id, { trace: run.watch.trace })
  await told(adopted, 'found')
  go()
  deepEqual((await adopted.running.result).outcome, EXACT)
})

test('E11: BSD: a run that was never begun cannot begin any more', async (t) => {
  const { direct, sshd } = await aHost(t)
  await using lab = new SupervisedLab()
  const id = 'b5d'.padEnd(32, '1')
  const { outcome } = await lab.adopt(direct, id).running.result
  equal(outcome.kind, 'unreachable')
  await lab.start(direct, 'touch "$HOME/ran"', {}, id).running.result
  equal(existsSync(join(sshd.home, 'ran')), false)
})

const GRACE_MS = 400
const CLOBBERED: Partial<Cron> = { action: 'clobber', killGraceMs: GRACE_MS }
const trees = [
  ['a single process', 'exec sleep 300', 1],
  ['a tree', 'sleep 300 & (sleep 300; :) & sleep 300; :', 5],
  ['sessions of their own', 'setsid sleep 300 & (setsid sh -c "sleep 300 & sleep 300" &) ; sleep 300; :', 5],
  ['TERM ignored', 'trap "" TERM; sleep 300; :', 2],
  ['an empty environment in the same group', 'env -i sleep 300 & exec sleep 300', 1],
] as const
for (const [name, command, processes] of trees) {
  test(`E11: BSD: ${name}: dead and confirmed, and nothing is left`, async (t) => await isKilled(t, command, processes))
}

test('E11: macOS, whose ps shows environments by another letter: sessions of their own are found and ended', async (t) => {
  const { direct } = await aHost(t, 'Darwin')
  await using lab = new SupervisedLab()
  const run = lab.start(direct, '(setsid sleep 300 &) ; exec setsid --wait sleep 300', CLOBBERED)
  await grown(run, 2)
  run.running.abandon()
  const adopted = lab.adopt(direct, run.id, { trace: run.watch.trace, killGraceMs: GRACE_MS })
  await told(adopted, 'found')
  deepEqual(await adopted.running.kill('clobber'), { kind: 'dead' })
  deepEqual(commandProcessesOf(run.id), [])
})

test('E11: BSD: lines that other processes have in their arguments are no processes of a run', async (t) => {
  const other = spawn('sh', ['-c', 'read -r go\nsome - text\n: 1 - S'], { stdio: ['pipe', 'ignore', 'ignore'] })
  t.after(() => other.kill('SIGKILL'))
  await isKilled(t, 'exec sleep 300', 1)
})

async function isKilled(t: TestContext, command: string, processes: number): Promise<void> {
  const { direct } = await aHost(t)
  await using lab = new SupervisedLab()
  const run = lab.start(direct, command, CLOBBERED)
  await grown(run, processes)
  const before = performance.now()
  deepEqual(await run.running.kill('clobber'), { kind: 'dead' })
  t.diagnostic(`confirmed in ${Math.round(performance.now() - before)} ms`)
  deepEqual(commandProcessesOf(run.id), [])
  deepEqual((await run.running.result).outcome, { kind: 'killed', by: 'clobber' })
  await ended(run)
}
