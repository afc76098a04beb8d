import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { type Direction, startTcpProxy, type TcpProxy, type TcpProxyOptions } from '../../support/tcp-proxy.ts'
import { until } from '../../support/wait-until.ts'
import { startJunction } from './junction.ts'
import { aRunId, commandProcessesOf, SupervisedLab, type WatchedRun } from './supervised-lab.ts'

/** A START is the only packet from here that is so long. */
const LONG_PACKET = 4_000

async function anSshd(t: TestContext): Promise<Sshd> {
  const sshd = await startSshd()
  t.after(() => sshd.stop())
  return sshd
}

async function aProxy(t: TestContext, sshd: Sshd, watch: NonNullable<TcpProxyOptions['watch']>): Promise<TcpProxy> {
  const proxy = await startTcpProxy({ port: sshd.port, watch })
  t.after(() => proxy.close())
  return proxy
}

const told = (run: WatchedRun, what: string) => until(`the watch is told ${what}`, () => run.watch.told.includes(what))

const RAN = 'echo ran >>"$HOME/ran"'
const timesRun = (sshd: Sshd) => {
  const path = join(sshd.home, 'ran')
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
}

test('E1: cut before the start arrived: asked, never started, so the next host may be tried', async (t) => {
  const sshd = await anSshd(t)
  let cutAt = 1
  const proxy = await aProxy(t, sshd, (direction, chunk) => {
    if (direction === 'to-server' && chunk.length > LONG_PACKET && cutAt-- > 0) proxy.cut()
  })
  await using lab = new SupervisedLab()
  const run = lab.start({ port: proxy.port, secret: sshd.clientKey.contents }, RAN)
  const { outcome, startedAt } = await run.running.result
  match(outcome.kind === 'unreachable' ? outcome.reason : outcome.kind, /had not begun it and will not begin it/)
  deepEqual([startedAt, run.watch.told, timesRun(sshd)], [null, ['unknown'], 0])
})

test('E1: frozen before the start arrived, asked over another way, and thawed later: the start is refused by its tombstone', async (t) => {
  const sshd = await anSshd(t)
  let freezeAt = 1
  const proxy = await aProxy(t, sshd, (direction, chunk) => {
    if (direction === 'to-server' && chunk.length > LONG_PACKET && freezeAt-- > 0) proxy.freeze()
  })
  const secret = sshd.clientKey.contents
  await using lab = new SupervisedLab()
  await using other = new SupervisedLab()
  const run = lab.start({ port: proxy.port, secret }, RAN)
  await until('the start is on its way', () => freezeAt === 0)
  const asked = await other.adopt({ port: sshd.port, secret }, run.id).running.result
  equal(asked.outcome.kind, 'unreachable')
  proxy.thaw()
  const { outcome } = await run.running.result
  match(outcome.kind === 'unreachable' ? outcome.reason : outcome.kind, /withdrawn from its host/)
  equal(timesRun(sshd), 0)
})

test('E1: the answer to the start is lost, and the command runs: found again, and its end is exact', async (t) => {
  const sshd = await anSshd(t)
  let freezeAt = 1
  const proxy = await aProxy(t, sshd, (direction, chunk) => {
    if (direction === 'to-server' && chunk.length > LONG_PACKET && freezeAt-- > 0) proxy.freeze('to-client')
  })
  await using lab = new SupervisedLab({ timings: { execAnswerMs: 1_000 } })
  const command = `${RAN}; while [ ! -e "$HOME/go" ]; do sleep 0.05; done; exit 5`
  const run = lab.start({ port: proxy.port, secret: sshd.clientKey.contents }, command)
  await told(run, 'unknown')
  proxy.cut()
  proxy.thaw()
  await told(run, 'found')
  writeFileSync(join(sshd.home, 'go'), '')
  const { outcome, output } = await run.running.result
  deepEqual(outcome, { kind: 'failed', exitCode: 5 })
  deepEqual([run.watch.told, timesRun(sshd)], [['unknown', 'started', 'found'], 1])
  match(output.head, /output from while the connection was lost is gone/)
})

test('E3: a start file that hangs: no answer in time, asked, withdrawn; it runs nothing when the hang is over', async (t) => {
  const sshd = await anSshd(t)
  const hang = 'if mkdir ~/first 2>/dev/null; then while [ ! -e ~/go ]; do sleep 0.05; done; touch ~/over; fi\n'
  writeFileSync(join(sshd.home, '.bashrc'), hang)
  await using lab = new SupervisedLab({ timings: { execAnswerMs: 1_000 } })
  const host = { port: sshd.port, secret: sshd.clientKey.contents }
  const { outcome } = await lab.run(host, RAN)
  equal(outcome.kind, 'unreachable')
  writeFileSync(join(sshd.home, 'go'), '')
  await until('the hang is over', () => existsSync(join(sshd.home, 'over')))
  deepEqual((await lab.run(host, 'true')).outcome, { kind: 'succeeded' })
  equal(timesRun(sshd), 0)
})

test('E3: start files that print on both streams, without a newline too, do not hide the answer', async (t) => {
  const sshd = await anSshd(t)
  writeFileSync(join(sshd.home, '.bashrc'), 'printf "welcome RCRON1 "; echo motd >&2; printf "no newline"\n')
  await using lab = new SupervisedLab()
  const run = lab.start({ port: sshd.port, secret: sshd.clientKey.contents }, 'echo out; exit 6')
  const { outcome, output } = await run.running.result
  deepEqual([outcome, run.watch.told], [{ kind: 'failed', exitCode: 6 }, ['started']])
  match(output.head, /out\n/)
})

test('E10: two processes fire the same run: it is started once, and both learn its outcome', async (t) => {
  const sshd = await anSshd(t)
  const host = { port: sshd.port, secret: sshd.clientKey.contents }
  await using first = new SupervisedLab()
  await using second = new SupervisedLab()
  const id = aRunId()
  // It lasts until both know of it, however late the second comes.
  const command = `${RAN}; until [ -e "$HOME/go" ]; do sleep 0.05; done; exit 3`
  const runs = [first.start(host, command, {}, id), second.start(host, command, {}, id)]
  await until('both know that it runs', () => runs.every(({ watch }) => watch.told.includes('started')))
  writeFileSync(join(sshd.home, 'go'), '')
  const results = await Promise.all(runs.map(({ running }) => running.result))
  deepEqual(
    results.map(({ outcome }) => outcome),
    Array(2).fill({ kind: 'failed', exitCode: 3 }),
  )
  equal(timesRun(sshd), 1)
  equal(results.filter(({ output }) => /while the connection was lost/.test(output.head)).length, 1)
  ok(runs.every(({ watch }) => watch.told.filter((what) => what === 'started').length === 1))
})

test('a login that runs no POSIX shell: it has not begun, and the remedy is named', async (t) => {
  const sshd = await startSshd({ config: ['ForceCommand echo This is a switch.'] })
  t.after(() => sshd.stop())
  await using lab = new SupervisedLab()
  const { outcome } = await lab.run({ port: sshd.port, secret: sshd.clientKey.contents }, RAN)
  match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, /This is a switch.*needs supervise = 0/)
})

test('called off while it waits for a session: dead at once, and never sent', async (t) => {
  const sshd = await anSshd(t)
  const proxy = await aProxy(t, sshd, () => {})
  proxy.silence()
  await using lab = new SupervisedLab()
  const run = lab.start({ port: proxy.port, secret: sshd.clientKey.contents }, RAN)
  deepEqual(await run.running.kill('operator'), { kind: 'dead' })
  deepEqual((await run.running.result).outcome, { kind: 'killed', by: 'operator' })
})

/** A host on the way to which the first connection freezes in `direction` when a START is sent on it; kills go by others. */
async function aHostThatFreezes(t: TestContext, direction: Direction) {
  const sshd = await anSshd(t)
  const start = { isSent: false }
  const proxy = await aProxy(t, sshd, (way, chunk) => {
    if (way !== 'to-server' || chunk.length <= LONG_PACKET || start.isSent) return
    start.isSent = true
    proxy.freeze(direction)
  })
  const junction = await startJunction(proxy.port, sshd.port)
  t.after(() => junction[Symbol.asyncDispose]())
  return { sshd, proxy, start, host: { port: junction.port, secret: sshd.clientKey.contents } }
}

test('killed while its start is on the way: the tombstone is first, and the start that comes after it begins nothing', async (t) => {
  const { sshd, proxy, start, host } = await aHostThatFreezes(t, 'to-server')
  const sessions = (what: 'Starting' | 'Close') => sshd.log().match(new RegExp(`^${what} session: `, 'gm'))?.length ?? 0
  await using lab = new SupervisedLab()
  const run = lab.start(host, `${RAN}; sleep 300`)
  await until('the start is on its way', () => start.isSent)
  deepEqual(await run.running.kill('clobber'), { kind: 'dead' })
  deepEqual((await run.running.result).outcome, { kind: 'killed', by: 'clobber' })
  ok(sessions('Starting') <= 1, 'the start was not on the way any more')
  proxy.thaw()
  await until('the start has come, and is over like the kill', () => sessions('Close') === 2)
  deepEqual([timesRun(sshd), commandProcessesOf(run.id), run.watch.told], [0, [], []])
})

test('E6: killed while the answer to its start is on the way, its preamble lost: the kill finds it by its id alone', async (t) => {
  const { sshd, proxy, start, host } = await aHostThatFreezes(t, 'to-client')
  await using lab = new SupervisedLab()
  const command = `${RAN}; trap "" TERM; sleep 300 & (setsid sleep 300 &); sleep 300; :`
  const run = lab.start(host, command, { killGraceMs: 400 })
  await until('all of it is up', () => commandProcessesOf(run.id).length >= 4)
  equal(start.isSent, true)
  deepEqual(await run.running.kill('clobber'), { kind: 'dead' })
  deepEqual([timesRun(sshd), commandProcessesOf(run.id), run.watch.trace], [1, [], null])
  proxy.thaw()
  deepEqual((await run.running.result).outcome, { kind: 'killed', by: 'clobber' })
})
