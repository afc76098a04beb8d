import { deepEqual, equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import ssh2 from 'ssh2'
import { hostVerifier } from '../../../src/hosts/host-keys/host-verifier.ts'
import { Scratch } from '../../secrets/make-keys.ts'

const scratch = new Scratch()
after(() => scratch[Symbol.dispose]())
const hostKey = readFileSync(scratch.sshKey('host', '-t', 'ed25519'))

/** Logs in to a server in this process: what the client ended with, and how the server was asked to let it in. */
async function login(
  judge: (key: Buffer) => Promise<unknown>,
): Promise<{ readonly end: string; readonly asked: readonly string[] }> {
  const asked: string[] = []
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (context) => {
      asked.push(context.method)
      context.accept()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new ssh2.Client()
  const end = new Promise<string>((resolve) => {
    client.on('ready', () => resolve('ready'))
    client.on('error', (error) => resolve(error.message))
  })
  const { port } = server.address() as AddressInfo
  client.connect({
    host: '127.0.0.1',
    port,
    username: 'u',
    password: 'p',
    hostVerifier: hostVerifier(judge, () => false),
    readyTimeout: 5_000,
  })
  const result = { end: await end, asked }
  client.destroy()
  server.close()
  return result
}

test('A6: true, and nothing else, lets the login go on', async () => {
  const { end, asked } = await login(async (key) => key.length > 0)
  equal(end, 'ready')
  ok(asked.length > 0)
})

const REFUSALS: readonly (readonly [string, () => unknown])[] = [
  ['false', () => false],
  ['a promise that fails', () => Promise.reject(new Error('late'))],
  ['undefined', () => undefined],
  ['null', () => null],
  ['0', () => 0],
  ['1', () => 1],
  ["'true'", () => 'true'],
  ['an object', () => ({})],
  ['a Boolean object', () => Object(true)],
  ['NaN', () => Number.NaN],
  [
    'an exception',
    () => {
      throw new Error('inside')
    },
  ],
]

for (const [what, judge] of REFUSALS) {
  test(`A6: ${what} refuses before any secret is sent`, async () => {
    const { end, asked } = await login(async () => judge())
    ok(end.includes('Host denied'), end)
    deepEqual(asked, [])
  })
}

test('a judgement that takes its time is waited for', async () => {
  const { end } = await login(async (key) => {
    for (let turn = 0; turn < 100; turn++) await nextTurn()
    return key.length > 0
  })
  equal(end, 'ready')
})

for (const isPermitted of [true, false]) {
  test(`a judgement that comes when the connection is over is passed to nobody: ${isPermitted}`, async () => {
    const asked = Promise.withResolvers<void>()
    const judgement = Promise.withResolvers<boolean>()
    const client = new ssh2.Client()
    const server = new ssh2.Server({ hostKeys: [hostKey] }, (peer) => peer.on('error', () => {}))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    let isOver = false
    const judge = () => {
      asked.resolve()
      return judgement.promise
    }
    const { port } = server.address() as AddressInfo
    client.connect({ host: '127.0.0.1', port, username: 'u', hostVerifier: hostVerifier(judge, () => isOver) })
    await asked.promise
    const closed = once(client, 'close')
    client.destroy()
    isOver = true
    await closed
    judgement.resolve(isPermitted)
    server.close()
    await nextTurn() // An error that nobody handles would fail this file.
  })
}

test('the key that was accepted is not judged again; another one is, and a refused one as often as it comes', async () => {
  const judged: string[] = []
  const verify = hostVerifier(
    async (key) => {
      judged.push(key.toString())
      return key.toString() !== 'bad'
    },
    () => false,
  )
  const shown = async (key: string) => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    return verify(Buffer.from(key), resolve) ?? (await promise)
  }
  const answers: boolean[] = []
  for (const key of ['bad', 'bad', 'good', 'good', 'bad']) answers.push(await shown(key))
  deepEqual(answers, [false, false, true, true, false])
  deepEqual(judged, ['bad', 'bad', 'good', 'bad'])
})
