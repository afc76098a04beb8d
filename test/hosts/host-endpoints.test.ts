import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { HostEndpoints } from '../../src/hosts/host-endpoints.ts'
import type { NameResolver } from '../../src/hosts/names/name-resolver.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const NAMES: Readonly<Record<string, readonly string[]>> = {
  db1: ['10.0.0.2', '10.0.0.1'],
  'db1.example.com': ['10.0.0.1', '10.0.0.2'],
  '10.0.0.1': ['10.0.0.1'],
  both: ['fd00::1', '10.0.0.1'],
  db2: ['10.0.0.2'],
}

function build(names = NAMES, clock = new HandClock(0)) {
  const resolve: NameResolver['resolve'] = (name) => {
    const found = names[name]
    if (found === undefined) return new Promise(() => {})
    const addresses = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }) as const)
    return Promise.resolve({ kind: 'resolved', addresses })
  }
  return new HostEndpoints({ resolve }, clock)
}

test('names and addresses of one machine are one place, in whatever order its addresses come', async () => {
  const places = build()
  for (const host of ['db1', 'DB1.example.com', '10.0.0.1', 'both']) {
    equal(await places.of({ host, port: 22 }), '10.0.0.1 22', host)
  }
})

test('another port or another address is another place', async () => {
  const places = build()
  equal(await places.of({ host: 'db1', port: 2222 }), '10.0.0.1 2222')
  equal(await places.of({ host: 'db2', port: 22 }), '10.0.0.2 22')
})

test('a name that was met before is told at once', async () => {
  const places = build()
  await places.of({ host: 'db1', port: 22 })
  equal(places.of({ host: 'db1', port: 22 }), '10.0.0.1 22')
  await settled()
})

test('a name that does not resolve in time counts by itself', async () => {
  const clock = new HandClock(0)
  const place = build({}, clock).of({ host: 'Dead', port: 22 })
  await clock.advance(250)
  equal(await place, 'dead 22')
})

test('who looks is told what is known of a name, and nobody is asked', async () => {
  const places = build()
  equal(places.known({ host: 'DB1', port: 22 }), 'db1 22')
  await settled()
  equal(places.known({ host: 'db1', port: 22 }), 'db1 22')
  await places.of({ host: 'db1', port: 22 })
  equal(places.known({ host: 'DB1', port: 22 }), '10.0.0.1 22')
})
