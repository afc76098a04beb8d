import { equal, rejects } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { listenOn, SocketTaken } from '../../src/control/server/listen-on.ts'
import { until } from '../support/wait-until.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-listen-'))
after(() => rmSync(directory, { recursive: true }))
const ACCESS = { mode: 0o660, group: null }

test('a socket has its mode from the first moment on, whatever the umask is', async (t) => {
  const before = process.umask(0)
  t.after(() => process.umask(before))
  const path = join(directory, 'fresh')
  const server = createServer()
  await listenOn(server, path, ACCESS)
  equal(statSync(path).mode & 0o777, 0o660)
  equal(process.umask(), 0)
  server.close()
  await once(server, 'close')
  equal(existsSync(path), false)
})

test('the socket of a process that was killed is replaced', async (t) => {
  const path = join(directory, 'stale')
  const child = spawn(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(path)})`])
  await until('the child listens', () => existsSync(path))
  child.kill('SIGKILL')
  await once(child, 'exit')
  equal(existsSync(path), true)
  const server = createServer((socket) => socket.end())
  t.after(() => server.close())
  await listenOn(server, path, ACCESS)
  await once(connect(path), 'connect')
})

test('a socket at which somebody answers is left alone', async (t) => {
  const path = join(directory, 'taken')
  const first = createServer((socket) => socket.on('error', () => {}).end('first'))
  t.after(() => first.close())
  await listenOn(first, path, ACCESS)
  await rejects(listenOn(createServer(), path, ACCESS), SocketTaken)
  const [said] = await once(connect(path), 'data')
  equal(String(said), 'first')
})

test('a file that is no socket is left alone', async () => {
  const path = join(directory, 'file')
  writeFileSync(path, 'kept')
  await rejects(listenOn(createServer(), path, ACCESS), /is no socket/)
  equal(existsSync(path), true)
})
