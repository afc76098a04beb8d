import { deepEqual, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { createPlainExecutor } from '../../../src/execution/plain/ssh-plain-executor.ts'
import { aCron, minute } from '../../support/builders.ts'
import { HandClock } from '../../support/hand-clock.ts'

test('a bug while a plain run is handed over is no outcome: the run rejects with it, and a kill confirms nothing', async () => {
  const executor = createPlainExecutor({
    credentials: { resolve: () => Promise.reject(new TypeError('a bug')) },
    sessions: { exec: () => Promise.reject(new Error('not reached')) },
    clock: new HandClock('2026-03-01T12:00:00Z'),
    ownName: 'here',
    killMs: 1000,
  })
  const watch = { started: () => {}, unknown: () => {}, found: () => {} }
  const running = executor.start({ id: 'ab'.repeat(16), cron: aCron(), minute: minute('2026-03-01T12:00:00Z') }, watch)
  const killed = running.kill('operator')
  await rejects(running.result, /a bug/)
  deepEqual(await killed, { kind: 'unconfirmed', reason: 'its end is not known' })
})
