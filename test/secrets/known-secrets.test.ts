import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

function knowing(...secrets: readonly string[]): KnownSecrets {
  const known = new KnownSecrets()
  for (const secret of secrets) known.note(secret)
  return known
}

test('a secret is replaced wherever it stands, the longest where several do', () => {
  const known = knowing('s3cret-1', 's3cret-1-and-more')
  equal(known.mask('a s3cret-1, s3cret-1-and-more; s3cret-1s3cret-1'), 'a [secret], [secret]; [secret][secret]')
})

test('what is shorter than six characters stays: any text has it by chance', () => {
  equal(knowing('12345').mask('it took 12345 ms'), 'it took 12345 ms')
  equal(knowing('123456').mask('it took 123456 ms'), 'it took [secret] ms')
})

test('of a key each line is a secret, and what frames it is none', () => {
  const key = '-----BEGIN X PRIVATE KEY-----\nMIIEabcdef\nZZZZ012345==\n-----END X PRIVATE KEY-----\n'
  equal(
    knowing(key).mask(`cat id: ${key}`),
    'cat id: -----BEGIN X PRIVATE KEY-----\n[secret]\n[secret]\n-----END X PRIVATE KEY-----\n',
  )
})

test('what was cut where something is left out is replaced as well', () => {
  const known = knowing('correct-horse-battery')
  deepEqual(known.maskExcerpt({ head: 'x correct-ho', tail: 'se-battery y' }), {
    head: 'x [secret]',
    tail: '[secret] y',
  })
  deepEqual(known.maskExcerpt({ head: 'x correct-ho', tail: '' }), { head: 'x correct-ho', tail: '' })
})

test('no secret is left in whatever text, and a text without one stays as it is', () => {
  const secret = fc.stringMatching(/^[a-c]{6,9}$/)
  fc.assert(
    fc.property(fc.array(secret, { maxLength: 4 }), fc.stringMatching(/^[a-cx]{0,60}$/), (secrets, text) => {
      const masked = knowing(...secrets).mask(text)
      for (const each of secrets) ok(!masked.includes(each))
      if (!secrets.some((each) => text.includes(each))) equal(masked, text)
    }),
  )
})
