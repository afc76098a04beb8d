import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Cron } from '../../../src/domain/cron.ts'
import type { CapturedOutput } from '../../../src/domain/run.ts'
import type { Access } from '../../../src/hosts/target.ts'
import { anAuth, aSystem } from '../../support/builders.ts'
import { makeKey } from '../../support/sshd.ts'
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/wait-until.ts'
import { commandProcessesOf, processesOf, SupervisedLab, type WatchedRun } from '../supervision/supervised-lab.ts'
import { type Dropbear, startDropbear } from './dropbear.ts'
import { createThrowAwayUser, type ThrowAwayUser } from './throw-away-user.ts'

const told = (run: WatchedRun, what: string) => until(`the watch is told ${what}`, () => run.watch.told.includes(what))

/** The end of a stream that is not there. Of both together the middle may be left out: in which order they came is not known. */
function lostOf({ streams: { stdout, stderr } }: CapturedOutput): string {
  return [
    (stdout.head + stdout.tail).endsWith('\n9000\n') ? '' : 'stdout',
    (stderr.head + stderr.tail).endsWith('trouble\n') ? '' : 'stderr',
  ].join('')
}

describe('E11: dropbear', () => {
  const keys = mkdtempSync(join(tmpdir(), 'rcron-keys-'))
  const key = makeKey(join(keys, 'client'))
  const started = new AsyncDisposableStack()
  let user: ThrowAwayUser
  let dropbear: Dropbear
  let proxy: TcpProxy
  before(async () => {
    user = started.adopt(createThrowAwayUser(), (it) => it.remove())
    user.admit(key.publicKey)
    dropbear = started.adopt(await startDropbear(), (it) => it.stop())
    proxy = started.adopt(await startTcpProxy({ port: dropbear.port }), (it) => it.close())
  })
  after(async () => {
    rmSync(keys, { recursive: true, force: true })
    await started.disposeAsync()
  })

  const access = (port: number): Access => ({
    system: aSystem({ host: '127.0.0.1', port, local_port: port }),
    auth: anAuth({ user: user.name, password: key.contents }),
  })
  const start = (lab: SupervisedLab, port: number, command: string, cron: Partial<Cron> = {}) =>
    lab.start({ port, secret: '' }, command, { ...access(port), ...cron })

  test('a supervised run ends with its exact status, and all it printed is there', async () => {
    await using lab = new SupervisedLab()
    const run = start(lab, dropbear.port, 'id -un; seq 9000; echo trouble >&2; exit 41')
    const { outcome, output } = await run.running.result
    deepEqual(outcome, { kind: 'failed', exitCode: 41 })
    deepEqual(run.watch.told, ['started'])
    match(output.head, new RegExp(`^${user.name}\n1\n2\n`))
    equal(lostOf(output), '')
  })

  test('a signal is told from an exit code', async () => {
    await using lab = new SupervisedLab()
    const { outcome } = await start(lab, dropbear.port, 'kill -USR1 $$').running.result
    deepEqual(outcome, { kind: 'signaled', signal: 'SIGUSR1' })
  })

  test('twenty at once', async () => {
    await using lab = new SupervisedLab()
    const runs = Array.from({ length: 20 }, (_, index) => start(lab, dropbear.port, `sleep 0.1; exit ${index}`))
    const outcomes = await Promise.all(runs.map(async ({ running }) => (await running.result).outcome))
    const expected = Array.from({ length: 19 }, (_, index) => ({ kind: 'failed', exitCode: index + 1 }))
    deepEqual(outcomes, [{ kind: 'succeeded' }, ...expected])
  })

  test('what is printed at the end is there, however late it is passed on', async () => {
    await using lab = new SupervisedLab()
    const runs = Array.from({ length: 40 }, () => start(lab, dropbear.port, 'seq 9000; echo trouble >&2; exit 41'))
    const outputs = await Promise.all(runs.map(async ({ running }) => (await running.result).output))
    deepEqual(
      outputs.map(lostOf).filter((lost) => lost !== ''),
      [],
    )
  })

  test('a child that keeps the output open is not waited for', async () => {
    await using lab = new SupervisedLab()
    const run = start(lab, dropbear.port, 'sleep 300 & exit 5')
    deepEqual((await run.running.result).outcome, { kind: 'failed', exitCode: 5 })
    equal(commandProcessesOf(run.id).length, 1)
  })

  for (const [kind, work] of [
    ['silent', 'sleep 0.05'],
    ['chatty', 'echo chatter; echo noise >&2; sleep 0.01'],
  ] as const) {
    test(`a ${kind} run outlives its connection, is found again, and its end is exact`, async () => {
      await using lab = new SupervisedLab()
      const go = `go-${kind}`
      const run = start(lab, proxy.port, `while [ ! -e "$HOME/${go}" ]; do ${work}; done; exit 23`)
      await told(run, 'started')
      proxy.cut()
      await told(run, 'found')
      writeFileSync(join(user.home, go), '')
      deepEqual((await run.running.result).outcome, { kind: 'failed', exitCode: 23 })
    })
  }

  for (const [name, command, processes] of [
    ['a tree', 'sleep 300 & (sleep 300; :) & sleep 300; :', 5],
    ['sessions of their own', 'setsid sleep 300 & (setsid sh -c "sleep 300 & sleep 300" &) ; sleep 300; :', 5],
    ['TERM ignored', 'trap "" TERM; sleep 300; :', 2],
  ] as const) {
    test(`${name}: killed, the death confirmed, and nothing is left`, async () => {
      await using lab = new SupervisedLab()
      const run = start(lab, dropbear.port, command, { action: 'clobber', killGraceMs: 300 })
      await until('all of it is up', () => commandProcessesOf(run.id).length >= processes)
      const before = performance.now()
      deepEqual(await run.running.kill('clobber'), { kind: 'dead' })
      ok(performance.now() - before < 2_300)
      deepEqual(commandProcessesOf(run.id), [])
      deepEqual((await run.running.result).outcome, { kind: 'killed', by: 'clobber' })
      await until('those who watched over it have gone', () => processesOf(run.id).length === 0)
    })
  }
})
