import { deepEqual, equal, rejects } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ControlClient, Refusal } from '../../src/control/client/control-client.ts'
import type { FeedMessage } from '../../src/control/feed.ts'

const MESSAGE: FeedMessage = { kind: 'output', stream: 'stdout', text: 'é\u2028\u2029\r\n\u0085x', omittedBytes: 0 }
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n'
const SAID = `${HEAD}:\n\nid: x-1\nevent: output\ndata: ${JSON.stringify(MESSAGE)}\n\n:\n\nevent: output\ndata: ${JSON.stringify(MESSAGE)}\n\n`

/** A client of a daemon that says these bytes, so many at a time, and then hangs up. */
async function aClient(t: TestContext, said: string, atOnce = 1_000_000): Promise<ControlClient> {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-feed-'))
  const server = createServer(async (socket) => {
    const bytes = Buffer.from(said)
    for (let at = 0; at < bytes.length; at += atOnce) {
      await new Promise((next) => socket.write(bytes.subarray(at, at + atOnce), () => setImmediate(next)))
    }
    socket.end()
  })
  await new Promise<void>((listening) => server.listen(join(directory, 'control.sock'), listening))
  t.after(() => {
    server.close()
    rmSync(directory, { recursive: true })
  })
  return new ControlClient([directory])
}

async function messagesOf(client: ControlClient): Promise<readonly FeedMessage[]> {
  const messages: FeedMessage[] = []
  for await (const message of await client.follow('/events', new AbortController().signal)) messages.push(message)
  return messages
}

for (const atOnce of [1_000_000, 7, 1]) {
  test(`messages are read whatever they hold, ${atOnce} bytes at a time`, async (t) => {
    deepEqual(await messagesOf(await aClient(t, SAID, atOnce)), [MESSAGE, MESSAGE])
  })
}

test('what was cut off with the daemon is no message', async (t) => {
  deepEqual(await messagesOf(await aClient(t, SAID.slice(0, -2))), [MESSAGE])
})

test('a refusal is one, with its code', async (t) => {
  const body = JSON.stringify({ error: { code: 'NOT_FOUND', message: 'no such run', hint: null } })
  const client = await aClient(t, `HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 5)
  await rejects(messagesOf(client), (error) => {
    deepEqual(error instanceof Refusal && [error.code, error.status, error.message], ['NOT_FOUND', 4, 'no such run'])
    return true
  })
})

test('what is no daemon is said to be none', async (t) => {
  for (const said of ['', 'SSH-2.0-OpenSSH\r\n\r\n']) {
    await rejects(messagesOf(await aClient(t, said)), /has gone before it answered|is not rcron/)
  }
})

test('who stops reading hangs up', async (t) => {
  const client = await aClient(t, SAID)
  const over = new AbortController()
  let count = 0
  for await (const _ of await client.follow('/events', over.signal)) {
    count += 1
    over.abort()
  }
  equal(count >= 1, true)
})
