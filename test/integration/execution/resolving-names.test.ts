import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { askGetent } from '../../../src/hosts/names/getent.ts'
import { createSystemNameResolver } from '../../../src/hosts/names/system-name-resolver.ts'
import { DEFAULT_TIMINGS } from '../../../src/hosts/timings.ts'
import { aSystem } from '../../support/builders.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { realClock } from '../../support/real-clock.ts'
import { startSshd } from '../../support/sshd.ts'
import { startNameServer } from './name-server.ts'

test('A3: 50 dead names end when the timer of DNS does, at 5 s, and the good one starts within 2 s', async () => {
  await using sshd = await startSshd()
  using nameServer = await startNameServer(['good.test'])
  const resolver = createSystemNameResolver({
    clock: realClock,
    dnsMs: DEFAULT_TIMINGS.dnsMs,
    servers: [nameServer.address],
  })
  await using lab = new PlainLab({ resolver })
  const on = (host: string) => ({ system: aSystem({ host, port: sshd.port, supervise: 0 }) })
  const run = (name: string) => lab.run({ port: sshd.port, secret: sshd.clientKey.contents }, 'true', on(name))
  const began = performance.now()
  const dead = Array.from({ length: 50 }, async (_, n) => {
    const { outcome } = await run(`dead${n}.test`)
    return { outcome, tookMs: performance.now() - began }
  })
  deepEqual((await run('good.test')).outcome, { kind: 'succeeded' })
  ok(performance.now() - began < 2_000, 'the good one waited for the dead')
  for (const { outcome, tookMs } of await Promise.all(dead)) {
    match(
      outcome.kind === 'unreachable' ? outcome.reason : outcome.kind,
      /^dead\d+\.test: the name could not be resolved: no answer within 5 s$/,
    )
    ok(tookMs > 4_900 && tookMs < 10_000, `took ${tookMs} ms`)
  }
})

test('A3: while the name server is silent, an address that was good is used', async () => {
  using nameServer = await startNameServer(['good.test'])
  let now = 0
  const clock = { monotonic: () => now }
  const resolver = createSystemNameResolver({ clock, dnsMs: 200, servers: [nameServer.address] })
  const good = await resolver.resolve('good.test')
  nameServer.close()
  now += 10 * 60_000
  deepEqual(await resolver.resolve('GOOD.test'), good)
  now += 24 * 60 * 60_000
  equal((await resolver.resolve('good.test')).kind, 'unreachable')
})

test('a name that nobody knows is unreachable, and said to be so', async () => {
  using nameServer = await startNameServer(['good.test'], 'no such name')
  const resolver = createSystemNameResolver({ clock: realClock, dnsMs: 5_000, servers: [nameServer.address] })
  const answer = await resolver.resolve('nobody.invalid')
  match(answer.kind === 'unreachable' ? answer.reason : '', /^nobody\.invalid: /)
})

test('the hosts file is honoured', async () => {
  const resolver = createSystemNameResolver({ clock: realClock, dnsMs: 1_000, servers: ['127.0.0.1:9'] })
  const answer = await resolver.resolve('localhost')
  ok(answer.kind === 'resolved' && answer.addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'))
})

test('a domain of the search list that fails does not keep a name from being found, as in the C library', async (t) => {
  using nameServer = await startNameServer(['db'], 'failure')
  const directory = mkdtempSync(join(tmpdir(), 'rcron-names-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const resolvConf = join(directory, 'resolv.conf')
  writeFileSync(resolvConf, 'search broken.test worse.test\n')
  const resolver = createSystemNameResolver({
    clock: realClock,
    dnsMs: 5_000,
    servers: [nameServer.address],
    resolvConf,
  })
  deepEqual(await resolver.resolve('db'), { kind: 'resolved', addresses: [{ address: '127.0.0.1', family: 4 }] })
})

test('a name for which the name servers fail is asked of the C library', async () => {
  using nameServer = await startNameServer([], 'failure')
  const found = { kind: 'found', addresses: [{ address: '127.0.0.9', family: 4 }], ttlMs: 0 } as const
  const lookup = () => Promise.resolve(found)
  const resolver = createSystemNameResolver({ clock: realClock, dnsMs: 5_000, servers: [nameServer.address], lookup })
  deepEqual(await resolver.resolve('mdns.local'), { kind: 'resolved', addresses: found.addresses })
})

test('a name for which the name servers are silent is asked of the C library meanwhile', async () => {
  using nameServer = await startNameServer([])
  const found = { kind: 'found', addresses: [{ address: '127.0.0.9', family: 4 }], ttlMs: 0 } as const
  const lookup = () => Promise.resolve(found)
  const resolver = createSystemNameResolver({ clock: realClock, dnsMs: 60_000, servers: [nameServer.address], lookup })
  deepEqual(await resolver.resolve('slow.local'), { kind: 'resolved', addresses: found.addresses })
})

test('getent tells what the C library knows, and what it does not', async () => {
  const known = await askGetent('localhost')
  ok(known?.kind === 'found' && known.addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'))
  deepEqual(await askGetent('127.1'), {
    kind: 'found',
    addresses: [{ address: '127.0.0.1', family: 4 }],
    ttlMs: 0,
  })
  deepEqual(await askGetent('--help'), { kind: 'absent' })
})
