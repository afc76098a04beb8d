import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aStateDirectory, type DaemonOptions } from '../support/daemon.ts'
import { aFakeClock, aLab, type Lab } from './lab.ts'

/** A lab whose daemon has run once and left a good cache; each daemon that is started in it lives a minute later. */
async function aLabWithCache(t: TestContext) {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const clock = aFakeClock(lab, 5_000)
  const start = (environment: DaemonOptions['environment'] = {}) => {
    clock.move(60_000)
    return lab.start({ environment: { ...clock.environment, ...environment } })
  }
  const daemon = start()
  await daemon.ended('job', 'succeeded')
  equal(await daemon.stop(), 0)
  return { lab, start, cache: join(lab.state, 'cache.sealed') }
}

/** The store is away: a directory stands in the place of its file. */
function takeStoreAway({ database }: Lab): void {
  renameSync(database, `${database}.away`)
  mkdirSync(database)
}

function bringStoreBack({ database }: Lab): void {
  rmSync(database, { recursive: true })
  renameSync(`${database}.away`, database)
}

const asideOf = ({ state }: Lab) => readdirSync(state).filter((name) => name.startsWith('cache.sealed.bad-'))

const faults: readonly { readonly what: string; readonly spoil: (cache: string) => void; readonly key?: string }[] = [
  {
    what: 'tampered with',
    spoil: (cache) => {
      const bytes = readFileSync(cache)
      const middle = Math.floor(bytes.length / 2)
      bytes[middle] = (bytes[middle] ?? 0) ^ 1
      writeFileSync(cache, bytes)
    },
  },
  { what: 'torn', spoil: (cache) => truncateSync(cache, 40) },
  { what: 'sealed with another key', spoil: () => undefined, key: 'ab'.repeat(32) },
]

for (const { what, spoil, key } of faults) {
  test(`C1: a cache that is ${what}: one error, kept aside, never used; the store is`, async (t) => {
    const { lab, start, cache } = await aLabWithCache(t)
    spoil(cache)
    takeStoreAway(lab)
    const daemon = start(key === undefined ? {} : { RCRON_CACHE_KEY: key })
    const error = await daemon.said('cannot use the cache')
    match(String(error['err']), /cache\.sealed: not used, since .*moved to .*cache\.sealed\.bad-/)
    await daemon.said('cannot read the store or a cache; nothing runs until one can be read')
    equal(lab.read('runs'), 'ran\n')
    bringStoreBack(lab)
    equal((await daemon.said('definitions read'))['from'], 'store')
    await daemon.ended('job', 'succeeded')
    equal(lab.read('runs'), 'ran\nran\n')
    equal(await daemon.stop(), 0)
    equal(daemon.logged('cannot use the cache').length, 1)
    equal(asideOf(lab).length, 1)
  })
}

test('C1: a cache that cannot be trusted is told and kept aside though the store answers', async (t) => {
  const { lab, start, cache } = await aLabWithCache(t)
  truncateSync(cache, 100)
  const daemon = start()
  await daemon.said('cannot use the cache')
  await daemon.ended('job', 'succeeded')
  equal(await daemon.stop(), 0)
  equal(asideOf(lab).length, 1)
  ok(readFileSync(cache).length > 100, 'a new one is written')
})

test('a key file that is lost, or cannot be read: said, with what to do, and everything else goes on', async (t) => {
  const { lab, start } = await aLabWithCache(t)
  const keyFile = join(lab.state, 'cache.key')
  const key = readFileSync(keyFile, 'utf8')
  rmSync(keyFile)
  mkdirSync(keyFile)
  const unreadable = start()
  const error = await unreadable.said('no cache key: definitions are not cached and sealed secrets cannot be opened')
  match(String(error['err']), /cache key .*cache\.key: cannot be read \(EISDIR\)/)
  await unreadable.ended('job', 'succeeded')
  equal(await unreadable.stop(), 0)
  deepEqual(asideOf(lab), [])

  rmSync(keyFile, { recursive: true })
  const lost = start()
  await lost.said('cache key created; keep a copy: without it sealed secrets cannot be opened')
  await lost.said('cannot use the cache')
  equal((await lost.said('definitions read'))['from'], 'store')
  equal(await lost.stop(), 0)
  const made = readFileSync(keyFile, 'utf8')
  ok(made !== key && /^[0-9a-f]{64}\n$/.test(made))
  ok(!`${unreadable.output}${lost.output}`.includes(made.trim()), 'no key is in the log')
})

test('a key that is none is an error naming the file, and the file is left as it is', async (t) => {
  const state = aStateDirectory((clean) => t.after(clean))
  const keyFile = join(state, 'cache.key')
  writeFileSync(keyFile, 'not a key\n', { mode: 0o600 })
  const lab = await aLab(t, [])
  const daemon = lab.start({ environment: { RCRON_STATE_DIR: state } })
  const error = await daemon.said('no cache key: definitions are not cached and sealed secrets cannot be opened')
  match(String(error['err']), /expected 64 hex digits/)
  equal(await daemon.stop(), 0)
  equal(readFileSync(keyFile, 'utf8'), 'not a key\n')
})
