import { equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import ssh2, { type ConnectConfig } from 'ssh2'
import { aKeyPair } from './key-pair.ts'
import { startLoopbackHost } from './loopback-host.ts'

const home = mkdtempSync(join(tmpdir(), 'rcron-loopback-'))
const key = aKeyPair()
const host = await startLoopbackHost('127.0.0.1', { user: 'demo', publicKey: key.public, home })
after(() => {
  host.close()
  rmSync(home, { recursive: true })
})

/** What the host prints for a command, or why nobody was let in. */
async function tryToRun(secret: Pick<ConnectConfig, 'password' | 'privateKey'>): Promise<string> {
  const client = new ssh2.Client()
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  client.on('error', ({ message }) => resolve(message))
  client.on('ready', () =>
    client.exec('echo let in', (error, channel) => (error ? reject(error) : resolve(text(channel)))),
  )
  client.connect({ host: host.address, port: host.port, username: 'demo', ...secret })
  try {
    return await promise
  } finally {
    const closed = once(client, 'close')
    client.end()
    await closed
  }
}

test('a host of the demonstration lets in its own key', async () => {
  equal(await tryToRun({ privateKey: key.private }), 'let in\n')
})

test('no password and no other key is let in', async () => {
  const other = aKeyPair()
  for (const secret of [{ password: 'only for the demonstration' }, { password: '' }, { privateKey: other.private }]) {
    match(await tryToRun(secret), /authentication methods failed/)
  }
})
