import { equal, ok, throws } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { sizeFault } from '../../../src/hosts/host-keys/key-strength.ts'
import { keyForLogin } from '../../../src/hosts/ssh/login-key.ts'
import { parsePrivateKey } from '../../../src/secrets/private-key.ts'

function rsaKey(bits: number) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const text = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  return parsePrivateKey(text, null, { what: 'a key', path: null }).key
}

const key = rsaKey(2048)
const data = Buffer.from('what is signed')

test('B11: an RSA key signs with SHA-2, whatever is asked for, and says so', () => {
  const own = keyForLogin(key, { isLegacyAllowed: false })
  equal(own.type, 'rsa-sha2-256')
  ok(key.verify(data, own.sign(data, 'sha1'), 'sha256') === true)
})

test('B11: where old algorithms are allowed, it signs as the host asks', () => {
  const own = keyForLogin(key, { isLegacyAllowed: true })
  equal(own.type, 'ssh-rsa')
  ok(key.verify(data, own.sign(data, 'sha1'), 'sha1') === true)
})

test('F6: a key signs once for a login', () => {
  const own = keyForLogin(key, { isLegacyAllowed: false })
  own.sign(data)
  throws(() => own.sign(data), /second signature/)
})

const sizes = [
  [2048, false, null],
  [1024, false, /1024 bits, expected 2048 or more/],
  [1024, true, null],
  [768, true, /768 bits, which is easily broken/],
] as const
for (const [bits, isLegacyAllowed, expected] of sizes) {
  test(`B11: RSA of ${bits} bits is ${expected === null ? 'taken' : 'refused'}, legacy ${isLegacyAllowed}`, () => {
    const fault = sizeFault(rsaKey(bits).getPublicSSH(), isLegacyAllowed)
    if (expected === null) equal(fault, null)
    else ok(expected.test(fault ?? ''), fault ?? 'taken')
  })
}
