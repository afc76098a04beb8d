import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { pauseAfterSilence } from '../../src/execution/supervision/back-off.ts'
import { SessionRunHosts } from '../../src/execution/supervision/session-run-hosts.ts'
import type { SessionAnswer } from '../../src/hosts/sessions.ts'
import { DEFAULT_TIMINGS } from '../../src/hosts/timings.ts'
import type { CommandEnd } from '../../src/hosts/transport.ts'
import { anAuth, aSystem } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND

test('every phase has its timer', () => {
  deepEqual(DEFAULT_TIMINGS, {
    dnsMs: 5 * SECOND,
    tcpMs: 10 * SECOND,
    loginMs: 20 * SECOND,
    firstChannelOpenMs: 30 * SECOND,
    channelOpenMs: 5 * SECOND,
    execAnswerMs: 30 * SECOND,
    drainMs: 10 * SECOND,
    killMs: 2 * SECOND,
    keepaliveMs: 15 * SECOND,
    keepaliveCount: 3,
    idleMs: 2.5 * MINUTE,
    maxAgeMs: 15 * MINUTE,
    startWindowMs: MINUTE,
  })
})

test('a kill is answered within its grace and 10 s, or given up', async () => {
  const clock = new HandClock(0)
  const { promise: ended, resolve } = Promise.withResolvers<CommandEnd>()
  const close = (reason: string) => resolve({ kind: 'broken', reason })
  const exec = async (): Promise<SessionAnswer> => {
    return { kind: 'running', command: { ended, signal: () => {}, close }, answeredAfterMs: 0 }
  }
  const credentials = { resolve: async () => ({ kind: 'password', password: 'x', identity: 'x' }) as const }
  const answerMs = DEFAULT_TIMINGS.execAnswerMs
  const hosts = new SessionRunHosts({ sessions: { exec }, clock, answerMs, credentials, ownName: 'localhost' })
  const access = { system: aSystem(), auth: anAuth() }
  const options = { graceMs: 3 * SECOND, ownConnection: false }
  const killing = hosts.kill(access, { id: '0'.repeat(32), trace: null }, options)
  let isGivenUp = false
  void killing.then(() => {
    isGivenUp = true
  })
  await settled()
  await clock.advance(13 * SECOND - 1)
  equal(isGivenUp, false)
  await clock.advance(1)
  const reply = await killing
  match(reply.kind === 'unanswered' ? reply.reason : reply.kind, /no answer within 13 s/)
})

test('a host that is silent is asked again after 5 s, then twice as long each time, 5 min at most', () => {
  const longest = Array.from({ length: 8 }, (_, times) => pauseAfterSilence(times, 1) / SECOND)
  deepEqual(longest, [5, 10, 20, 40, 80, 160, 300, 300])
  equal(pauseAfterSilence(0, 0), 3.75 * SECOND)
})
