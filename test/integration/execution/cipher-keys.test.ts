import { deepEqual, equal } from 'node:assert/strict'
import { KeyObject } from 'node:crypto'
import { test } from 'node:test'
import type { Client } from 'ssh2'
import { prepareCipherKeys } from '../../../src/hosts/ssh/ssh2-insides.ts'
import { bareConnection, bareExec } from '../../bench/bare-ssh2.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { startSshd } from '../../support/sshd.ts'

test('the keys of a connection are KeyObjects, also after the host has exchanged them, and the session goes on', async () => {
  await using sshd = await startSshd({ config: ['RekeyLimit 64K'] })
  const client = await bareConnection({ port: sshd.port, secret: sshd.clientKey.contents }, sshd.user)
  let exchanges = 0
  client.on('handshake', () => {
    exchanges++
    prepareCipherKeys(client)
  })
  prepareCipherKeys(client)
  deepEqual(keysOf(client).map(isKeyObject), [true, true])
  let bytes = 0
  equal(await bareExec(client, 'head -c 1000000 /dev/zero', (chunk) => (bytes += chunk.length)), 0)
  equal(bytes, 1_000_000)
  equal(exchanges > 0, true)
  deepEqual(keysOf(client).map(isKeyObject), [true, true])
  client.end()
})

test('a run that prints much goes on through as many exchanges of keys as its host asks for', async () => {
  await using sshd = await startSshd({ config: ['RekeyLimit 64K'] })
  await using lab = new PlainLab()
  const { outcome, output } = await lab.run(
    { port: sshd.port, secret: sshd.clientKey.contents },
    'head -c 4000000 /dev/zero',
  )
  deepEqual(outcome, { kind: 'succeeded' })
  equal(output.stdoutBytes, 4_000_000)
})

const isKeyObject = (key: unknown) => key instanceof KeyObject

function keysOf(client: Client): readonly unknown[] {
  const { _protocol } = client as {
    _protocol?: { _cipher?: { _encKey?: unknown }; _decipher?: { _decipherKey?: unknown } }
  }
  return [_protocol?._cipher?._encKey, _protocol?._decipher?._decipherKey]
}
