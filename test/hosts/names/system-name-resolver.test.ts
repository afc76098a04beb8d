import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, test } from 'node:test'
import type { LookupResult } from '../../../src/hosts/names/lookup-result.ts'
import { createSystemNameResolver } from '../../../src/hosts/names/system-name-resolver.ts'
import { settled } from '../../support/hand-clock.ts'
import { realClock } from '../../support/real-clock.ts'

const found: LookupResult = { kind: 'found', addresses: [{ address: '127.0.0.1', family: 4 }], ttlMs: 0 }

/** A name server that knows no name. */
async function startIgnorant() {
  const server = createSocket('udp4')
  server.on('message', (query, from) => {
    const answer = Buffer.from(query)
    answer.writeUInt16BE(0x8183, 2)
    server.send(answer, from.port, from.address)
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return { servers: [`127.0.0.1:${server.address().port}`] }
}

const files = { hostsFile: '/dev/null', resolvConf: '/dev/null' }

test('dead names that the library is slow to deny wait for it once each, and fail at the deadline', async () => {
  const { servers } = await startIgnorant()
  const asked: string[] = []
  const { promise: never } = Promise.withResolvers<LookupResult>()
  const lookup = (name: string) => {
    asked.push(name)
    return never
  }
  const resolver = createSystemNameResolver({
    clock: realClock,
    dnsMs: 300,
    servers,
    lookup,
    lookupsAtOnce: 1,
    ...files,
  })
  const dead = Array.from({ length: 12 }, (_, n) => `dead${n}.test`)
  for (let minute = 0; minute < 3; minute++) {
    for (const answer of await Promise.all(dead.map((name) => resolver.resolve(name)))) {
      match(answer.kind === 'unreachable' ? answer.reason : '', /no answer within 0\.3 s$/)
    }
  }
  equal(asked.length, 1)
})

test('a name that the library alone knows is answered at once beside dead ones, once it is known', async () => {
  const { servers } = await startIgnorant()
  let now = 0
  let isSlow = false
  const { promise: never } = Promise.withResolvers<LookupResult>()
  const lookup = (): Promise<LookupResult> => (isSlow ? never : Promise.resolve(found))
  const clock = { monotonic: () => now }
  const resolver = createSystemNameResolver({ clock, dnsMs: 5_000, servers, lookup, lookupsAtOnce: 1, ...files })
  const good = await resolver.resolve('good.test')
  isSlow = true
  now += 10 * 60_000
  for (let n = 0; n < 50; n++) void resolver.resolve(`dead${n}.test`)
  const before = performance.now()
  deepEqual(await resolver.resolve('good.test'), good)
  ok(performance.now() - before < 2_000)
})

test('while no answer comes, an address that was good is used after a second, and the late answer is the next', async () => {
  const { servers } = await startIgnorant()
  let now = 0
  const late = Promise.withResolvers<LookupResult>()
  const answers = [Promise.resolve(found), late.promise]
  const clock = { monotonic: () => now }
  const lookup = () => answers.shift() ?? Promise.reject(new Error('asked too often'))
  const resolver = createSystemNameResolver({ clock, dnsMs: 5_000, servers, lookup, lookupsAtOnce: 1, ...files })
  const first = await resolver.resolve('good.test')
  now += 10 * 60_000
  deepEqual(await resolver.resolve('good.test'), first)
  const addresses = [{ address: '127.0.0.2', family: 4 }] as const
  late.resolve({ kind: 'found', addresses, ttlMs: 0 })
  await settled()
  deepEqual(await resolver.resolve('good.test'), { kind: 'resolved', addresses })
})

test('a name that nobody knows is no such host', async () => {
  const { servers } = await startIgnorant()
  const lookup = async (): Promise<LookupResult> => ({ kind: 'absent' })
  const resolver = createSystemNameResolver({
    clock: realClock,
    dnsMs: 5_000,
    servers,
    lookup,
    lookupsAtOnce: 1,
    ...files,
  })
  const answer = await resolver.resolve('nobody.test')
  match(answer.kind === 'unreachable' ? answer.reason : '', /^nobody\.test: no such host/)
  equal(answer.kind === 'unreachable' && answer.cause, 'unknown-name')
})
