import { doesNotMatch, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { StreamMask } from '../../src/secrets/stream-mask.ts'

function knowing(...secrets: readonly string[]): KnownSecrets {
  const known = new KnownSecrets()
  for (const secret of secrets) known.note(secret)
  return known
}

test('a secret is replaced wherever the parts of a text begin and end', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 40 })
  const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 6, maxLength: 9 }), { maxLength: 4 })
  fc.assert(
    fc.property(secrets, fc.array(letters, { maxLength: 8 }), (known, parts) => {
      const all = knowing(...known)
      const mask = new StreamMask(all)
      const passed = parts.map((part) => mask.push(part)).join('') + mask.end()
      equal(passed, all.mask(parts.join('')))
      equal(mask.takeDropped(), 0)
    }),
    { numRuns: 2_000 },
  )
})

test('what begins no secret is let through at once', () => {
  const mask = new StreamMask(knowing('hunter2-hunter2'))
  equal(mask.push('all is well, h'), 'all is well, ')
  equal(mask.push('ello'), 'hello')
  equal(new StreamMask(knowing()).push('x'), 'x')
})

test('beside a gap no part of a secret is let through, and what goes with it is counted', () => {
  const secret = 'hunter2-hunter2'
  for (let at = 1; at < secret.length; at++) {
    const mask = new StreamMask(knowing(secret))
    const before = mask.push(`it is ${secret.slice(0, at)}`)
    mask.cut()
    const after = mask.push(`${secret.slice(at)}\nthe next line`) + mask.end()
    equal(before, 'it is ')
    equal(after, 'the next line')
    equal(mask.takeDropped(), secret.length + 1)
  }
})

test('a gap in what has no lines costs no more than the longest secret', () => {
  const mask = new StreamMask(knowing('hunter2-hunter2'))
  mask.cut()
  equal(mask.push('x'.repeat(10)) + mask.push('x'.repeat(90)), 'x'.repeat(85))
  equal(mask.takeDropped(), 15)
  doesNotMatch(mask.end(), /./)
})
