import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { authProblems } from '../../../src/definitions/judge/judge-system.ts'
import { matchesHost, parseHostPatterns } from '../../../src/domain/host-patterns.ts'
import { anAuth } from '../../support/builders.ts'

const problemsOf = (hosts: string | null) => authProblems(anAuth({ hosts })).map(({ field }) => field)

test('hosts are names, addresses and patterns; what holds more than that is refused, and none at all as well', () => {
  for (const hosts of [null, 'db1', 'db1.example.com, *.web.example', '10.0.0.? ::1 fe80::*', '*']) {
    deepEqual(problemsOf(hosts), [], String(hosts))
  }
  for (const hosts of ['', ' , ', 'db1:22', 'root@db1', '[::1]', 'ssh://db1', '!db1', 'a\u0007b']) {
    deepEqual(problemsOf(hosts), ['hosts'], JSON.stringify(hosts))
  }
})

test('a name matches itself in any case, with and without the dot at its end', () => {
  const hosts = parseHostPatterns('Db1.Example.com,10.0.0.?')
  for (const host of ['db1.example.com', 'DB1.EXAMPLE.COM.', '10.0.0.9']) equal(matchesHost(hosts, host), true, host)
  for (const host of ['db1', 'db1.example.com.evil', 'xdb1.example.com', '10.0.0.10', '']) {
    equal(matchesHost(hosts, host), false, host)
  }
})

test('a pattern matches as the regular expression of the same meaning does, and at once however many stars it has', () => {
  const part = fc.constantFrom('a', 'b', '.', '*', '?')
  fc.assert(
    fc.property(fc.string({ unit: part, maxLength: 8 }), fc.stringMatching(/^[ab.]{0,8}$/), (pattern, host) => {
      const plain = (name: string) => name.replace(/(?<=.)\.$/, '')
      const source = plain(pattern).replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      equal(matchesHost([pattern], host), new RegExp(`^${source}$`).test(plain(host)))
    }),
  )
  equal(matchesHost([`${'*a'.repeat(2_000)}b`], 'a'.repeat(4_000)), false)
})
