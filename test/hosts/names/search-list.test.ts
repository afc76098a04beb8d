import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { parseHostsFile } from '../../../src/hosts/names/hosts-file.ts'
import { candidates, parseSearchRules } from '../../../src/hosts/names/search-list.ts'

test('resolv.conf: the last search list counts, and ndots', () => {
  const text = 'nameserver 10.0.0.1\ndomain old.example\nsearch lab.example example .\noptions rotate ndots:2\n'
  deepEqual(parseSearchRules(text), { domains: ['lab.example', 'example'], ndots: 2 })
  deepEqual(parseSearchRules(''), { domains: [], ndots: 1 })
})

const rules = { domains: ['lab.example', 'example'], ndots: 2 }
const rows = [
  ['db', ['db.lab.example', 'db.example', 'db']],
  ['db.site', ['db.site.lab.example', 'db.site.example', 'db.site']],
  ['db.site.org', ['db.site.org', 'db.site.org.lab.example', 'db.site.org.example']],
  ['db.', ['db']],
] as const
for (const [name, expected] of rows) {
  test(`${name} is asked for as ${expected.join(', ')}`, () => deepEqual(candidates(name, rules), expected))
}

test('a hosts file: several names and addresses, comments, any case, lines that are none', () => {
  const hosts = parseHostsFile('127.0.0.1 localhost Loop # loop2\n::1\tlocalhost\n# 1.2.3.4 no\nnonsense here\n')
  deepEqual(hosts.get('localhost'), [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ])
  deepEqual([...hosts.keys()], ['localhost', 'loop'])
})
