import { deepEqual, equal, match } from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { isIpv6 } from '../../../src/definitions/judge/judge-host.ts'
import { systemProblems } from '../../../src/definitions/judge/judge-system.ts'
import { aSystem } from '../../support/builders.ts'

const problemsOf = (host: string) => systemProblems(aSystem({ host })).filter(({ field }) => field === 'host')

const usable = [
  'db1',
  'db1.example.com',
  'DB_1',
  'xn--bcher-kva.example',
  '192.0.2.1',
  '::1',
  '::',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '1:2:3:4:5:6:7::',
  '::ffff:192.0.2.1',
  '1:2:3:4:5:6:192.0.2.1',
  'fe80::1%eth0',
]
for (const host of usable) test(`${host} can be a host`, () => deepEqual(problemsOf(host), []))

test('what is an IPv6 address is decided as by the runtime', () => {
  const pieces = ['', '0', '1', 'ffff', '12345', 'g', '192.0.2.1', '1.2.3', '1.2.3.256', '01.2.3.4', ':', '%', '%1']
  const addresses = fc.array(fc.constantFrom(...pieces), { maxLength: 10 }).map((parts) => parts.join(':'))
  fc.assert(
    fc.property(addresses, (text) => equal(isIpv6(text), isIP(text) === 6, text)),
    { numRuns: 5000 },
  )
})

/** What is written, and what is to be written instead. */
const refused: readonly (readonly [string, RegExp])[] = [
  ['root@db1', /^write "db1"; the user comes from the cron's auth$/],
  ['ssh://db1', /^write "db1"$/],
  ['ssh://root@db1:2222/', /^write "db1", and port 2222 as the port \(--port 2222\); the user comes/],
  ['db1:22', /^write "db1", and port 22 as the port \(--port 22\)$/],
  ['[::1]', /^write "::1"$/],
  ['[2001:db8::1]:2222', /^write "2001:db8::1", and port 2222 as the port/],
  ['db1/etc', /^write "db1"$/],
  ['root@', /^write a name such as db1\.example\.com, or an address/],
  ['1:2:3', /^write a name such as/],
  ['1::2::3', /^write a name such as/],
  ['1:2:3:4:5:6:7:8:9', /^write a name such as/],
  ['1:2:3:4:5:6:7::8', /^write a name such as/],
  ['12345::1', /^write a name such as/],
  ['::1.2.3', /^write a name such as/],
  ['::1.2.3.256', /^write a name such as/],
  ['::1%', /^write a name such as/],
  ['db1:', /^write "db1"$/],
  ['[db1', /^write a name such as/],
]
for (const [host, hint] of refused) {
  test(`${host} is refused, and the spelling that works is told`, () => {
    const [problem, ...others] = problemsOf(host)
    deepEqual([problem?.severity, others], ['error', []])
    match(problem?.message ?? '', /^".*" is not just a name or an address$/)
    match(problem?.hint ?? '', hint)
  })
}
