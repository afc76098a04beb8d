import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { fork, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { lockOfRun } from '../../../src/dispatch/locks/lock-of-run.ts'
import type { RunLock } from '../../../src/dispatch/locks/run-locks.ts'
import { SystemRunLocks } from '../../../src/dispatch/locks/system-run-locks.ts'
import { randomSeries } from '../../../src/dispatch/run-id.ts'
import type { Cron } from '../../../src/domain/cron.ts'
import { identityOf, ownIdentity, statOf } from '../../../src/platform/process-identity.ts'
import { aCron, aSystem, minute, RecordingLog } from '../../support/builders.ts'
import { A_TRACE } from '../../support/fake-executor.ts'
import { HandClock } from '../../support/hand-clock.ts'
import { until } from '../../support/wait-until.ts'

function aDirectory(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'rcron-locks-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, 'locks')
}

function open(directory: string) {
  const log = new RecordingLog()
  return { log, locks: SystemRunLocks.open({ directory, clock: new HandClock(0), log }) }
}

const aLock = (overrides: Partial<Cron> = {}): RunLock =>
  lockOfRun(
    { id: randomSeries(), cron: aCron(overrides), minute: minute('2026-03-01T12:00:00Z') },
    { startedAt: 1000, series: null, rest: [], isWaiting: false },
  )

const rcronFiles = (directory: string) => readdirSync(directory).filter((name) => name.endsWith('.rcron'))

test('the name is that of the first rcron, the file is 0600 in a directory of 0700', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  equal(await locks.create(aLock()), 'created')
  const hash = createHash('sha256').update('/opt/backup.sh,host1,cron,0').digest('hex')
  deepEqual(readdirSync(directory), [`${hash}.rcron`])
  equal(statSync(directory).mode & 0o7777, 0o700)
  equal(statSync(join(directory, `${hash}.rcron`)).mode & 0o7777, 0o600)
})

test('what dead writers have left half done goes when the locks are read, one of the same number included', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  await locks.create(aLock())
  const { pid: dead } = spawnSync('true')
  const of = (writer: number | undefined) => join(directory, `.x.rcron.${writer}-0123456789ab.tmp`)
  for (const writer of [dead, process.pid, process.ppid]) writeFileSync(of(writer), '')
  await locks.readOthers()
  deepEqual(
    [dead, process.pid, process.ppid].map((writer) => existsSync(of(writer))),
    [false, false, true],
  )
  equal(rcronFiles(directory).length, 1)
})

test('two rows with the same words have two locks, a second run of one row has none', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const twoPorts = [aCron({ id: 1 }), aCron({ id: 2, system: aSystem({ id: 2, host: 'host1', port: 2222 }) })]
  for (const cron of twoPorts) equal(await locks.create(aLock(cron)), 'created')
  for (const cron of twoPorts) equal(await locks.create(aLock(cron)), 'taken')
  equal(rcronFiles(directory).filter((name) => name.endsWith('-2.rcron')).length, 1)
})

test('a row under its second name is not claimed again when the first name is free', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const first = aLock({ id: 1 })
  await locks.create(first)
  const second = aCron({ id: 2, system: aSystem({ id: 2, host: 'host1' }) })
  await locks.create(aLock(second))
  await locks.remove(first.run)
  equal(await locks.create(aLock(second)), 'taken')
})

test('a lock tells a later process all of the run, the trace included', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const lock = aLock({ timeoutMs: 5000, action: 'clobber' })
  await locks.create(lock)
  await locks.update({ ...lock, trace: A_TRACE })
  const later = open(directory).locks
  deepEqual(await later.readOthers(), [{ lock: { ...lock, trace: A_TRACE }, holder: 'gone' }])
  equal(await later.takeOver(lock.run), 'taken')
  deepEqual(await later.readOthers(), [])
  await later.remove(lock.run)
  deepEqual(rcronFiles(directory), [])
})

test('C4: what is torn, foreign, a link or a directory is moved aside with a warning, and its name is free', async (t) => {
  const directory = aDirectory(t)
  const { locks, log } = open(directory)
  const lock = aLock()
  await locks.create(lock)
  const [name = ''] = rcronFiles(directory)
  const whole = readFileSync(join(directory, name), 'utf8')
  await locks.remove(lock.run)
  writeFileSync(join(directory, name), whole.slice(0, 100))
  writeFileSync(join(directory, 'foreign.rcron'), '4711\n')
  writeFileSync(join(directory, 'empty.rcron'), '')
  writeFileSync(join(directory, 'other.rcron'), whole.replace('rcron-lock-1', 'rcron-lock-9'))
  symlinkSync('/etc/passwd', join(directory, 'link.rcron'))
  mkdirSync(join(directory, 'directory.rcron'))
  const passwd = readFileSync('/etc/passwd', 'utf8')

  const later = open(directory)
  deepEqual(await later.locks.readOthers(), [])
  deepEqual(rcronFiles(directory), [])
  equal(readdirSync(directory).filter((entry) => entry.includes('.rcron.bad-')).length, 6)
  equal(later.log.of('warn').length, 6)
  equal(readFileSync('/etc/passwd', 'utf8'), passwd)
  equal(await later.locks.create(lock), 'created')
  deepEqual(log.of('warn'), [])
})

test('a lock that a link stands for is not followed when a run wants its name', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const hash = createHash('sha256').update('/opt/backup.sh,host1,cron,0').digest('hex')
  symlinkSync('/etc/passwd', join(directory, `${hash}.rcron`))
  equal(await locks.create(aLock()), 'created')
  match(readFileSync(join(directory, `${hash}.rcron`), 'utf8'), /rcron-lock-1/)
})

test('the end of a run whose lock has gone is told by nobody else, also after another look', async (t) => {
  const directory = aDirectory(t)
  const mine = open(directory).locks
  const lock = aLock()
  await mine.create(lock)
  const other = open(directory).locks
  await other.readOthers()
  await mine.remove(lock.run)
  await other.readOthers()
  equal(await other.claim(lock.run), false)
})

test('a lock that has become another run’s is left alone', async (t) => {
  const directory = aDirectory(t)
  const mine = open(directory).locks
  const lock = aLock()
  await mine.create(lock)
  const other = open(directory).locks
  await other.readOthers()
  await other.takeOver(lock.run)
  await other.remove(lock.run)
  equal(await other.create(aLock()), 'created')
  await mine.remove(lock.run)
  equal(rcronFiles(directory).length, 1)
})

test('what is known late of a run does not overwrite the lock of another', async (t) => {
  const directory = aDirectory(t)
  const mine = open(directory).locks
  const lock = aLock()
  await mine.create(lock)
  const other = open(directory).locks
  await other.readOthers()
  equal(await other.claim(lock.run), true)
  await other.remove(lock.run)
  const theirs = aLock()
  equal(await other.create(theirs), 'created')
  deepEqual(await mine.update({ ...lock, trace: A_TRACE }), { kind: 'replaced' })
  deepEqual(await mine.stateOf(lock.run), { kind: 'replaced' })
  deepEqual(
    (await open(directory).locks.readOthers()).map((found) => found.lock),
    [theirs],
  )
})

test('a lock that another process has marked says so to the one that holds it, whatever that one writes', async (t) => {
  const directory = aDirectory(t)
  const mine = open(directory).locks
  const lock = aLock()
  await mine.create(lock)
  deepEqual(await mine.stateOf(lock.run), { kind: 'held' })
  const other = open(directory).locks
  await other.readOthers()
  deepEqual(await other.requestKill(lock.run, 'operator'), { ...lock, killedBy: 'operator' })
  deepEqual(await other.requestKill(lock.run, 'clobber'), { ...lock, killedBy: 'operator' }, 'the first one stays')
  deepEqual(await mine.update({ ...lock, trace: A_TRACE }), { kind: 'marked', by: 'operator' })
  deepEqual(await mine.stateOf(lock.run), { kind: 'marked', by: 'operator' })
  deepEqual(await mine.exchange(lock.run, aLock({ id: 2 })), { killedBy: 'operator' })
  equal(rcronFiles(directory).length, 1)
  await mine.remove(lock.run)
  equal(await other.requestKill(lock.run, 'clobber'), null)
})

test('a lock is exchanged for the one of the next host, unless that one is taken', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const [first, second] = [aLock({ id: 1 }), aLock({ id: 2 })]
  await locks.create(first)
  equal(await locks.exchange(first.run, second), 'created')
  const other = open(directory).locks
  equal(await other.create(aLock({ id: 3 })), 'created')
  equal(await locks.exchange(second.run, aLock({ id: 3 })), 'taken')
  const names = (await open(directory).locks.readOthers()).map(({ lock }) => lock.cronId)
  deepEqual(names.toSorted(), [2, 3])
})

test('a lock of an earlier rcron is read', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const lock = aLock({ action: 'clobber' })
  await locks.create(lock)
  const [name = ''] = rcronFiles(directory)
  const file = JSON.parse(readFileSync(join(directory, name), 'utf8'))
  const unknownThen = ['localPort', 'series', 'rest', 'isWaiting', 'ownConnection', 'unknownSince', 'killedBy']
  for (const field of unknownThen) delete file[field]
  writeFileSync(join(directory, name), JSON.stringify(file))
  const [found] = await open(directory).locks.readOthers()
  const without = {
    localPort: null,
    series: null,
    rest: [],
    isWaiting: false,
    ownConnection: null,
    unknownSince: null,
    killedBy: null,
  }
  deepEqual(found?.lock, { ...lock, ...without })
})

test('a directory in which others may write is refused', (t) => {
  const directory = aDirectory(t)
  mkdirSync(directory, { mode: 0o700 })
  chmodSync(directory, 0o777)
  throws(() => open(directory), /mode 777 .* expected/)
})

test('a pid that came again does not pass for the process that wrote the lock', async (t) => {
  const directory = aDirectory(t)
  const { locks } = open(directory)
  const lock = aLock()
  await locks.create(lock)
  const [name = ''] = rcronFiles(directory)
  const file = JSON.parse(readFileSync(join(directory, name), 'utf8'))
  // The parent of this process is alive, and did not start at the first tick of the machine.
  const foreign = { ...ownIdentity(), pid: process.ppid, start: '1' }
  writeFileSync(join(directory, name), JSON.stringify({ ...file, daemon: foreign }))
  const held = await open(directory).locks.readOthers()
  deepEqual(
    held.map(({ holder }) => holder),
    ['gone'],
  )
})

test('a process that is dead and not yet reaped holds no lock', async (t) => {
  const directory = aDirectory(t)
  // The shell becomes a program that never waits for its child, and only then does the child read the end of its input.
  const parent = spawn('sh', ['-c', 'cat <&3 >/dev/null & echo $!; exec sleep 60 3<&-'], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  })
  t.after(() => parent.kill('SIGKILL'))
  const [said] = await once(parent.stdout as Readable, 'data')
  const pid = Number(String(said))
  const nameOf = (of: number | undefined) => readFileSync(`/proc/${of}/comm`, 'utf8').trim()
  await until('the shell is no longer one', () => nameOf(parent.pid) === 'sleep')
  ;(parent.stdio[3] as Writable).end()
  await until('the child is a zombie', () => statOf(pid)?.[0] === 'Z')
  const clock = new HandClock(0)
  const zombie = SystemRunLocks.open({ directory, clock, log: new RecordingLog(), holder: identityOf(pid) })
  await zombie.create(aLock())
  deepEqual(
    (await open(directory).locks.readOthers()).map(({ holder }) => holder),
    ['gone'],
  )
})

test('C4: of two processes that claim the same locks at once exactly one gets each', async (t) => {
  const directory = aDirectory(t)
  const count = 300
  const script = join(import.meta.dirname, '../process/claim-locks.ts')
  const processes = [1, 2].map(() => fork(script, [directory, String(count)]))
  t.after(() => processes.map((child) => child.kill('SIGKILL')))
  await Promise.all(processes.map((child) => once(child, 'message')))
  const answers = processes.map((child) => once(child, 'message'))
  for (const child of processes) child.send('go')
  const won = (await Promise.all(answers)).map(([crons]) => crons as number[])
  deepEqual(
    won.flat().toSorted((a, b) => a - b),
    Array.from({ length: count }, (_, index) => index + 1),
  )

  const { locks } = open(directory)
  const living = await locks.readOthers()
  equal(living.filter(({ holder }) => holder === 'living').length, count)
  equal(await locks.takeOver(living[0]?.lock.run ?? ''), 'lost', 'a living process keeps its locks')

  for (const child of processes) child.kill('SIGKILL')
  await Promise.all(processes.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')))
  const gone = await locks.readOthers()
  equal(gone.filter(({ holder }) => holder === 'gone').length, count)
  equal(await locks.takeOver(gone[0]?.lock.run ?? ''), 'taken')
})
