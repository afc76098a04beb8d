import { equal, match, rejects } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ControlClient } from '../../src/control/client/control-client.ts'
import { ExitError } from '../../src/domain/errors.ts'

/** A client of what does `answer` with each that connects. */
async function aClient(t: TestContext, answer: (socket: Socket) => void) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-client-'))
  const server = createServer(answer).listen(join(directory, 'control.sock'))
  await once(server, 'listening')
  t.after(() => {
    server.close()
    rmSync(directory, { recursive: true })
  })
  return { directory, client: new ControlClient([directory]) }
}

const fails = (status: number, said: RegExp) => (error: unknown) => {
  equal(error instanceof ExitError && error.status, status)
  match(String(error), said)
  return true
}

/** An answer by HTTP, as far as `sent` of its bytes. */
function answerOf(body: unknown, sent?: number): string {
  const text = JSON.stringify(body)
  return `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text.slice(0, sent)}`
}

const GONE = /the daemon has gone before it answered: what it was told may be done or not/
const GOINGS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['before it reads', (socket) => socket.destroy()],
  ['when it has read', (socket) => socket.once('data', () => socket.destroy())],
  ['in the middle of its answer', (socket) => socket.once('data', () => socket.end(answerOf({ items: [] }, 5)))],
]
for (const [when, go] of GOINGS) {
  test(`a daemon that goes away ${when} is said to have gone, and that what it was told may be done`, async (t) => {
    const { client } = await aClient(t, (socket) => void go(socket.on('error', () => {})))
    await rejects(client.look('/status'), fails(1, GONE))
  })
}

test('a daemon that goes away between the proof and the deed leaves no proof behind', async (t) => {
  let asked = 0
  const { directory, client } = await aClient(t, (socket) => {
    asked += 1
    const challenge = { challenge: 'a'.repeat(32), path: join(directory, 'proof') }
    socket.on('error', () => {}).once('data', () => (asked === 1 ? socket.end(answerOf(challenge)) : socket.destroy()))
  })
  await rejects(client.act('/pauses', { of: ['dump'] }), fails(1, GONE))
  equal(asked, 2)
  // It would be refused where the file were still there.
  writeFileSync(join(directory, 'proof'), '', { flag: 'wx' })
})

test('a daemon that does not answer in time is said to hang', async (t) => {
  const { client } = await aClient(t, (socket) => void socket.on('error', () => {}))
  await rejects(client.look('/status', 50), fails(3, /does not answer/))
})

test('a socket that nobody answers at any more means that no daemon runs', async (t) => {
  const { directory, client } = await aClient(t, () => {})
  rmSync(join(directory, 'control.sock'))
  await rejects(client.look('/status'), fails(3, /rcron is not running: nobody answers at .*control\.sock/))
  writeFileSync(join(directory, 'control.sock'), '')
  await rejects(client.look('/status'), fails(3, /rcron is not running/))
})
