import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { portOf } from '../../src/hosts/port-of.ts'

const rows = [
  ['sys1.lab.example', 'cron.lab.example', 'local', 'the same domain'],
  ['SYS1.Lab.Example', 'cron.lab.example', 'local', 'case does not count'],
  ['sys1.lab.example.', 'cron.lab.example', 'local', 'nor does the dot at the end'],
  ['sys1.other.example', 'cron.lab.example', 'remote', 'another domain'],
  ['sys1.lab.example', 'cron.example', 'remote', 'a parent domain is another one'],
  ['sys1.a.lab.example', 'cron.lab.example', 'remote', 'so is a child'],
  ['sys1', 'cron', 'remote', 'bare names have no domain'],
  ['sys1', 'cron.lab.example', 'remote', 'nor is one enough'],
  ['10.0.0.1', '10.0.0.1', 'remote', 'an address is on no network'],
  ['10.0.0.1', '11.0.0.1', 'remote', 'not even where the ends are equal'],
  ['fe80::1', 'fe80::1', 'remote', 'in no family'],
  ['.lab.example', 'cron.lab.example', 'remote', 'an empty first label is no name'],
] as const

for (const [host, ownName, expected, why] of rows) {
  test(`${host} from ${ownName}: the ${expected} port (${why})`, () => {
    equal(portOf({ host, port: 22, local_port: 2222 }, ownName), expected === 'local' ? 2222 : 22)
  })
}
