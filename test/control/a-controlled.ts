import type { Controlled } from '../../src/control/controlled.ts'
import type { ToldEvent } from '../../src/control/feed-schemas.ts'
import type { DescribedHost } from '../../src/control/hosts/host-schemas.ts'
import type { DescribedPause, FiringAnswer, LiveRun } from '../../src/control/schemas.ts'

export const RUN_ID = 'a'.repeat(32)
export const FIRING_ID = '4f6d3ad2-6a59-4ed1-9d0e-0b7a5a1c2d3e'
const NOW = '2026-03-01T12:00:00+01:00'

export const LIVE_RUN: LiveRun = {
  run: RUN_ID,
  job: 'dump \u001b[31m',
  action: 'failover',
  cron: 1,
  host: 'db1',
  port: 22,
  user: 'backup',
  minute: NOW,
  started: NOW,
  elapsedMs: 5_000,
  pid: 812,
  state: 'running',
  reason: null,
  attempt: { number: 2, of: 3 },
  isElsewhere: false,
}

export const FIRING: FiringAnswer = {
  firing: FIRING_ID,
  job: 'dump',
  action: 'failover',
  state: 'active',
  hosts: ['db1'],
  isDisabled: false,
  active: [LIVE_RUN],
  hasSucceeded: null,
  outcomes: [],
}

export const PAUSE: DescribedPause = {
  id: 'b'.repeat(32),
  of: 'dump',
  isInForce: true,
  since: NOW,
  until: null,
  schedule: null,
  minutes: null,
  timezone: null,
  reason: 'its disk is full',
  by: 'anna',
  crons: 1,
}

export const HOST: DescribedHost = {
  host: 'db1',
  port: 22,
  names: ['primary'],
  state: 'waiting',
  since: NOW,
  seen: NOW,
  reason: 'Permission denied',
  logins: [{ user: 'backup', until: NOW, refusals: 2, reason: 'Permission denied' }],
  paused: null,
  active: 1,
  waiting: 0,
  limit: 8,
  jobs: 1,
  crons: 2,
  enabled: 1,
}

const EVENT: ToldEvent = {
  kind: 'started',
  at: '2026-03-01T11:00:00.000Z',
  job: 'dump',
  action: 'failover',
  minute: '2026-03-01T11:00:00.000Z',
  how: 'schedule',
  by: null,
  crons: [1],
  run: RUN_ID,
  host: 'db1',
  port: 22,
  user: 'backup',
  attempt: null,
  reason: null,
  end: null,
}

const REREADING = { store: 'sqlite:x', isRead: true, changes: { added: [], edited: [], removed: [] }, rejected: [] }

/** A daemon that says the same whatever it is asked, and remembers what it was told to do, and who read on and left. */
export function aControlled(overrides: Partial<Controlled> = {}) {
  const told: unknown[] = []
  const left: unknown[] = []
  const controlled: Controlled = {
    status: () => ({
      schema: 'rcron.status.v1',
      generated: NOW,
      user: 'rcron',
      store: 'sqlite:x',
      stateDirectory: '/x',
      daemon: { version: '1', pid: 1, started: NOW, isStopping: false },
      lastPlanned: NOW,
      definitions: null,
      runs: null,
      pauses: [],
      problems: [],
    }),
    runs: () => ({ schema: 'rcron.ps.v1', generated: NOW, slots: 64, items: [LIVE_RUN], pauses: [] }),
    hosts: () => ({ schema: 'rcron.hosts.v1', generated: NOW, items: [HOST], pauses: [] }),
    kill: async (runs) => {
      told.push({ kill: runs })
      const item = {
        job: 'dump',
        host: 'db1',
        isConfirmed: true,
        reason: null,
        outcome: 'killed by operator',
        tookMs: 3,
      }
      return { items: runs.map((run) => ({ run, ...item })) }
    },
    fire: async (order) => {
      told.push({ fire: order })
      return FIRING
    },
    firing: async () => FIRING,
    pauses: () => ({ schema: 'rcron.pauses.v1', generated: NOW, items: [PAUSE] }),
    pause: async (order, by) => {
      told.push({ pause: order, by })
      return { items: [PAUSE], isTakenUp: true }
    },
    resume: async (order) => {
      told.push({ resume: order })
      return { items: [PAUSE], isTakenUp: true }
    },
    resolve: async (order, by) => {
      told.push({ resolve: order, by })
      const end = { outcome: 'lost', code: 'LOST', reason: null }
      return { run: RUN_ID, job: 'dump', host: 'db1', was: end, became: { ...end, outcome: order.as } }
    },
    reload: async () => {
      told.push('reload')
      return { ...REREADING, refusal: [], waiting: [] }
    },
    reread: async () => {
      told.push('reread')
      return REREADING
    },
    events: (after, reader) => {
      reader.send(EVENT, after === null ? 'x-1' : 'x-2')
      return { [Symbol.dispose]: () => left.push('left') }
    },
    output: (run, reader) => {
      reader.send({ kind: 'run', run, job: 'dump', action: 'failover', host: 'db1', isHeard: true })
      reader.send({ kind: 'output', stream: 'stdout', text: 'a\u001b\nb', omittedBytes: 0 })
      reader.send({ kind: 'contact', isLost: true, reason: 'x' })
      reader.send({ kind: 'end', outcome: 'succeeded', exitCode: 0, signal: null, description: 'ok', durationMs: 1 })
      reader.end()
      return { [Symbol.dispose]: () => left.push('left') }
    },
    ...overrides,
  }
  return { controlled, told, left }
}
