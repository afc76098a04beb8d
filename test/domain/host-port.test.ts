import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { describeHostPort, parseHostPort } from '../../src/domain/host-port.ts'

const pairs: readonly (readonly [string, number, string])[] = [
  ['db1.example.com', 22, 'db1.example.com:22'],
  ['127.0.0.1', 2, '127.0.0.1:2'],
  ['::1', 2222, '[::1]:2222'],
]
for (const [host, port, text] of pairs) {
  test(`${text} is told and read back`, () => {
    deepEqual([describeHostPort(host, port), parseHostPort(text)], [text, { host, port }])
  })
}
for (const text of ['db1', '::1', '::1:22', 'db1:', ':22', '[]:22', 'db1:ssh', 'a:b:22', '[::1]']) {
  test(`${text} is no host with a port`, () => deepEqual(parseHostPort(text), null))
}
