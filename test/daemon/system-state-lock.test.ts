import { equal, match, rejects } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
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
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findDaemon, takeStateLock } from '../../src/daemon/system-state-lock.ts'
import { realClock } from '../support/real-clock.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-lock-'))
after(() => rmSync(root, { recursive: true }))

test('one daemon has a state directory; a second one is told whose it is, until the first is gone by SIGKILL', async () => {
  const directory = join(root, 'state')
  equal(findDaemon(directory), null)
  const child = spawn(process.execPath, [fileURLToPath(new URL('./state-lock-child.ts', import.meta.url)), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  equal(statSync(directory).mode & 0o777, 0o700)
  equal(findDaemon(directory), `process ${child.pid}`)
  await rejects(takeStateLock(directory, realClock), new RegExp(`another rcron daemon uses it, process ${child.pid}`))
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
  equal(findDaemon(directory), null)
  const lock = await takeStateLock(directory, realClock)
  equal(lock.weakness, null)
  equal(findDaemon(directory), `process ${process.pid}`)
  lock.release()
  equal(findDaemon(directory), null)
})

test('F7: links in the place of its files lead to no other file', async () => {
  const directory = join(root, 'linked')
  mkdirSync(directory)
  const victims = ['daemon.pid', 'daemon.lock'].map((name) => {
    const victim = join(root, `victim of ${name}`)
    writeFileSync(victim, 'precious', { mode: 0o644 })
    symlinkSync(victim, join(directory, name))
    return victim
  })
  match((await takeStateLock(directory, realClock)).weakness ?? '', /daemon.lock is a symbolic link/)
  rmSync(join(directory, 'daemon.lock'))
  const lock = await takeStateLock(directory, realClock)
  equal(lock.weakness, null)
  for (const victim of victims) {
    equal(readFileSync(victim, 'utf8'), 'precious')
    equal(statSync(victim).mode & 0o777, 0o644)
  }
  equal(readFileSync(join(directory, 'daemon.pid'), 'utf8'), `${process.pid}\n`)
  lock.release()
  equal(readdirSync(directory).sort().join(), 'daemon.lock,daemon.pid')
})

test('a note of the holder that is a pipe or an endless file is not waited for: the lock holds, its holder has no name', async () => {
  const directory = join(root, 'noted')
  const lock = await takeStateLock(directory, realClock)
  const note = join(directory, 'daemon.pid')
  rmSync(note)
  execFileSync('mkfifo', [note])
  equal(findDaemon(directory), 'an unknown process')
  rmSync(note)
  symlinkSync('/dev/zero', note)
  equal(findDaemon(directory), 'an unknown process')
  lock.release()
})

test('whoever only looks for a daemon makes nothing', () => {
  const directory = join(root, 'looked-at')
  mkdirSync(directory)
  equal(findDaemon(directory), null)
  equal(readdirSync(directory).length, 0)
})

test('a place that cannot be locked gives a weak one, which says why', async () => {
  const lock = await takeStateLock('/dev/null/state', realClock)
  match(lock.weakness ?? '', /^\/dev\/null\/state cannot be locked: /)
  lock.release()
  equal(findDaemon('/dev/null/state'), null)
})
