import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { AuditTrail } from '../../src/control/act/audit-trail.ts'
import type { AuditRow } from '../../src/domain/history/audit-row.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const DEED = { actor: 'anna', action: 'kill', was: null, became: null }

function aTrail() {
  const written: AuditRow[] = []
  const store = { isAway: false }
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const log = new RecordingLog()
  const write = async (rows: readonly AuditRow[]) => {
    if (store.isAway) throw new Error('away')
    written.push(...rows)
  }
  const subjects = () => written.map(({ subject }) => subject)
  return { trail: new AuditTrail({ write, clock, log }), store, clock, log, written, subjects }
}

test('what is done is written with its time, and an id of its own', async () => {
  const { trail, written } = aTrail()
  trail.note({ ...DEED, subject: 'run 1' })
  trail.note({ ...DEED, subject: 'run 2' })
  await settled()
  deepEqual(
    written.map(({ subject, at }) => [subject, new Date(at).toISOString()]),
    [
      ['run 1', '2026-03-01T12:00:00.000Z'],
      ['run 2', '2026-03-01T12:00:00.000Z'],
    ],
  )
  equal(new Set(written.map(({ id }) => id)).size, 2)
})

test('while the store is away it waits in order, and one warning says so', async () => {
  const { trail, store, clock, log, subjects } = aTrail()
  store.isAway = true
  for (const subject of ['run 1', 'run 2']) {
    trail.note({ ...DEED, subject })
    await settled()
  }
  await clock.advance(10_000)
  deepEqual([subjects(), log.of('warn').length], [[], 1])
  store.isAway = false
  await clock.advance(10_000)
  await settled()
  deepEqual(subjects(), ['run 1', 'run 2'])
})

test('at the end what waits is tried once more', async () => {
  const { trail, store, subjects } = aTrail()
  store.isAway = true
  trail.note({ ...DEED, subject: 'run 1' })
  await settled()
  store.isAway = false
  await trail[Symbol.asyncDispose]()
  deepEqual(subjects(), ['run 1'])
})

test('a store that stays away keeps nobody waiting at the end', async () => {
  const { trail, store, subjects } = aTrail()
  store.isAway = true
  trail.note({ ...DEED, subject: 'run 1' })
  await settled()
  await trail[Symbol.asyncDispose]()
  deepEqual(subjects(), [])
})
