import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { OperatorError } from '../../src/domain/errors.ts'
import type { Problem } from '../../src/domain/problem.ts'
import type { AuthRow } from '../../src/domain/rows.ts'
import { definitionsOf } from '../daemon/definitions.ts'
import { aCronRow, anAuth, aSystem } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aSource } from './a-source.ts'

const MINUTES_MS = 60_000

test('definitions come from the store, are kept in the cache, and are told with their counts', async () => {
  const { source, log, cache, clock, store } = aSource()
  store.definitions = definitionsOf([aCronRow(), aCronRow({ id: 2, enabled: 0 })])
  equal(await source.refresh(), true)
  deepEqual(source.provenance, { from: 'store', readAt: clock.now() })
  equal(source.snapshot?.crons.length, 2)
  deepEqual(cache.kept, { definitions: store.definitions, savedAt: clock.now() })
  deepEqual(log.entries, [
    { level: 'info', fields: { crons: 2, enabled: 1, from: 'store' }, message: 'definitions read' },
  ])
})

test('a reading that changed something tells how many rows, and one that did not tells nothing', async () => {
  const { source, log, store } = aSource()
  store.definitions = definitionsOf([aCronRow(), aCronRow({ id: 2 }), aCronRow({ id: 3 })])
  await source.refresh()
  await source.refresh()
  equal(log.entries.length, 1)
  store.definitions = definitionsOf(
    [aCronRow(), aCronRow({ id: 2, cron_min: '5' }), aCronRow({ id: 4 })],
    [aSystem({ port: 2222 })],
  )
  await source.refresh()
  const expected = { crons: 3, enabled: 3, from: 'store', added: 1, changed: 2, removed: 1 }
  deepEqual(log.entries.slice(1), [{ level: 'info', fields: expected, message: 'definitions changed' }])
})

test('B7: the store away at the start: the cache is used whatever its age, which is told once and then at each refresh', async () => {
  const { source, log, store, cache, clock } = aSource()
  cache.kept = { definitions: definitionsOf([aCronRow()]), savedAt: clock.now() - 90 * MINUTES_MS }
  store.definitions = null
  equal(await source.refresh(), false)
  equal(source.provenance?.from, 'cache')
  equal(source.snapshot?.crons.length, 1)
  await source.refresh()
  deepEqual(log.of('error'), ['cannot read the store'])
  deepEqual(log.entries.at(-1)?.fields, { ageMinutes: 90, from: 'cache' })
  equal(log.of('warn').length, 1)
  await clock.advance(5 * MINUTES_MS)
  await source.refresh()
  deepEqual(log.entries.at(-1)?.fields, { ageMinutes: 95, from: 'cache' })
})

test('neither store nor cache: said once and then at the pace of refreshes, until the store answers', async () => {
  const { source, log, store, clock } = aSource()
  const { definitions } = store
  store.definitions = null
  await source.refresh()
  await source.refresh()
  equal(source.snapshot, null)
  deepEqual(log.of('error'), [
    'cannot read the store',
    'cannot read the store or a cache; nothing runs until one can be read',
  ])
  await clock.advance(5 * MINUTES_MS)
  await source.refresh()
  equal(log.of('error').length, 3)
  store.definitions = definitions
  equal(await source.refresh(), true)
  deepEqual(log.of('info'), ['the store answers again', 'definitions read'])
})

test('a cache that cannot be used is told once for each cause, however often the store is tried', async () => {
  const { source, log, store, cache } = aSource()
  store.definitions = null
  cache.fault = new OperatorError('cache: not used, since its key is another', 'Kept as cache.bad.')
  await source.refresh()
  await source.refresh()
  equal(log.of('error').filter((message) => message === 'cannot use the cache').length, 1)
})

test('B1: the store away in the middle: the last good definitions stay, one error; back: one line, and what is new is in force', async () => {
  const { source, log, store, clock } = aSource()
  await source.refresh()
  store.definitions = null
  for (let turn = 0; turn < 4; turn++) equal(await source.refresh(), false)
  equal(source.snapshot?.crons.length, 1)
  equal(source.provenance?.from, 'store')
  deepEqual([log.of('error'), log.of('warn').length], [['cannot read the store'], 1])
  await clock.advance(MINUTES_MS)
  store.definitions = definitionsOf([aCronRow(), aCronRow({ id: 2 })])
  equal(await source.refresh(), true)
  equal(source.snapshot?.crons.length, 2)
  equal(source.storeFailing, false)
})

test('B8: an empty store is an answer: nothing is due any more, and the cache holds nothing', async () => {
  const { source, store, cache } = aSource()
  await source.refresh()
  store.definitions = definitionsOf([], [], [])
  equal(await source.refresh(), true)
  deepEqual(source.snapshot?.enabled, [])
  deepEqual(cache.kept?.definitions.crons, [])
})

test('a cache that cannot be trusted is told though the store answers, once, and then replaced', async () => {
  const { source, log, cache } = aSource()
  cache.fault = new OperatorError('cache: not used, since it was changed', 'Kept as cache.bad.')
  equal(await source.refresh(), true)
  await source.refresh()
  deepEqual(log.of('error'), ['cannot use the cache'])
  equal(source.provenance?.from, 'store')
  equal(cache.kept?.definitions.crons.length, 1)
})

test('a cache that takes no writes is an error, and nothing else', async () => {
  const { source, log, cache } = aSource()
  cache.full = new OperatorError('cache: cannot be written (ENOSPC)', null)
  equal(await source.refresh(), true)
  equal(source.snapshot?.crons.length, 1)
  match(log.of('error').join(), /^cannot write the cache/)
})

test('readings that overlap are one; a reread begins after the one under way', async () => {
  const { source, store } = aSource()
  const held = Promise.withResolvers<void>()
  store.answer = () => held.promise
  const [one, two, again] = [source.refresh(), source.refresh(), source.reread()]
  store.definitions = definitionsOf([aCronRow(), aCronRow({ id: 2 })])
  held.resolve()
  await Promise.all([one, two])
  equal(source.snapshot?.crons.length, 1)
  await again
  equal(source.snapshot?.crons.length, 2)
  equal(store.reads, 2)
})

test('rows by id are those of the newest reading, and null once one of them is gone', async () => {
  const { source, store } = aSource()
  await source.refresh()
  equal(source.access(1, 1)?.system.host, 'host1')
  equal(source.access(1, 2), null)
  store.definitions = definitionsOf([], [aSystem({ host: 'elsewhere' })], [])
  await source.refresh()
  equal(source.access(1, 1), null)
})

test('a run that waited logs in by its auth as it is now; where the user is another, by its own secret on the hosts of now', async () => {
  const { source, store } = aSource()
  const planned = anAuth()
  const of = async (...auths: readonly AuthRow[]) => {
    store.definitions = definitionsOf([], [aSystem()], auths)
    await source.refresh()
    return source.authNow(planned)
  }
  const limited = anAuth({ hosts: 'db1', password: 'rotated' })
  deepEqual(await of(planned), planned)
  deepEqual(await of(limited), limited)
  deepEqual(await of({ ...limited, user: 'other' }), { ...planned, hosts: 'db1' })
  deepEqual(await of(anAuth({ id: 2 })), planned)
})

test('what is wrong with secrets is told once, together with the rest, and again when it is mended', async () => {
  let fault: Problem | null = {
    severity: 'error',
    about: { kind: 'auth', id: 1, name: 'cron' },
    field: 'password',
    message: '/keys/id cannot be read (EACCES)',
    hint: null,
  }
  const judged: number[] = []
  const { source, log, store } = aSource({
    judgeSecret: async ({ id }) => {
      judged.push(id)
      return fault === null || id !== 1 ? [] : [fault]
    },
  })
  store.definitions = definitionsOf([aCronRow({ cron_min: '61' })], [aSystem()], [anAuth(), anAuth({ id: 2 })])
  for (let turn = 0; turn < 3; turn++) {
    await source.refresh()
    await settled()
  }
  deepEqual(judged, [1, 2, 1, 2, 1, 2])
  deepEqual(
    log.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields['subject']),
    ['cron 1 (job1)', 'auth 1 (cron)'],
  )
  fault = null
  await source.refresh()
  await settled()
  deepEqual(log.entries.at(-1), {
    level: 'info',
    fields: { subject: 'auth 1 (cron)', field: 'password' },
    message: 'definition fixed',
  })
})

test('a bug in judging a secret is logged, and the other problems are told all the same', async () => {
  const { source, log, store } = aSource({
    judgeSecret: async () => {
      throw new Error('surprise')
    },
  })
  store.definitions = definitionsOf([aCronRow({ cron_min: '61' })])
  await source.refresh()
  await settled()
  deepEqual(log.of('error'), ['bug in rcron while judging a secret', 'cannot use definition'])
})
