import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { parseServerOffer } from '../../../src/hosts/ssh/server-offer.ts'

function list(...names: readonly string[]): Buffer {
  const text = Buffer.from(names.join(','))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  return Buffer.concat([length, text])
}

/** A packet of `type` in the clear, with the padding that SSH asks for. */
function packet(type: number, ...lists: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([Buffer.from([type]), Buffer.alloc(16, 7), ...lists])
  const padding = 8 + (8 - ((5 + payload.length) % 8))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(1 + payload.length + padding)
  head[4] = padding
  return Buffer.concat([head, payload, Buffer.alloc(padding)])
}

const HOST_KEYS = ['rsa-sha2-512', 'ssh-ed25519']
const OFFER = {
  kex: ['curve25519-sha256', 'x'],
  hostKeys: HOST_KEYS,
  ciphers: ['aes128-ctr'],
  macs: ['hmac-sha2-256', 'hmac-sha1'],
}
const KEXINIT = packet(
  20,
  list(...OFFER.kex),
  list(...HOST_KEYS),
  list(...OFFER.ciphers),
  list('aes256-ctr'),
  list(...OFFER.macs),
  ...Array<Buffer>(5).fill(list()),
)
const GREETING = Buffer.from('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')

test('the algorithms of each kind are read, after any lines before the greeting', () => {
  deepEqual(parseServerOffer(Buffer.concat([GREETING, KEXINIT])), OFFER)
  deepEqual(parseServerOffer(Buffer.concat([Buffer.from('Keep out!\r\nReally\n'), GREETING, KEXINIT])), OFFER)
})

test('as long as bytes are missing, more is wanted', () => {
  const whole = Buffer.concat([GREETING, KEXINIT])
  for (let length = 0; length < whole.length; length++)
    equal(parseServerOffer(whole.subarray(0, length)), 'more', `${length}`)
})

const unreadable: readonly (readonly [string, Buffer])[] = [
  ['another packet first', Buffer.concat([GREETING, packet(2)])],
  ['a list longer than its packet', Buffer.concat([GREETING, packet(20, list('x'), Buffer.from([0, 0, 9, 9]))])],
  ['a packet without lists', Buffer.concat([GREETING, packet(20).subarray(0, 4), Buffer.alloc(60, 20)])],
  ['an endless greeting', Buffer.alloc(9000, 'no SSH here\n')],
  ['a packet that is far too long', Buffer.concat([GREETING, Buffer.alloc(8, 0xff)])],
]
for (const [what, bytes] of unreadable) {
  test(`${what} tells nothing`, () => equal(parseServerOffer(bytes), 'unreadable'))
}
