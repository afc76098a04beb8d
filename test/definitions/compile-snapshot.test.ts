import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { compileSnapshot, compileSteps } from '../../src/definitions/compile-snapshot.ts'
import { firingsIn, rebootFirings } from '../../src/definitions/firings.ts'
import { minuteOf } from '../../src/domain/minute.ts'
import type { Problem } from '../../src/domain/problem.ts'
import type { CronRow } from '../../src/domain/rows.ts'
import { aCronRow, anAuth, aSystem } from '../support/builders.ts'

const auth = anAuth({ user: 'backup', password: 'hidden-word' })
const system = aSystem({ host: 'db1' })

function aRow(overrides: Partial<CronRow>): CronRow {
  return aCronRow({ cron_name: 'job', cron_path: 'true', ...overrides })
}

function compile(crons: readonly CronRow[], systems = [system], auths = [auth]) {
  return compileSnapshot({ definitions: { auths, systems, crons }, problems: [], defaultTimezone: 'Europe/Berlin' })
}

const bad: readonly (readonly [field: string, override: Partial<CronRow>])[] = [
  ['cron_min', { cron_min: '61' }],
  ['host', { host: 9 }],
  ['user', { user: 9 }],
  ['action', { action: 4 }],
  ['action', { action: -1 }],
  ['cron_name', { cron_name: '' }],
  ['cron_path', { cron_path: ' ' }],
  ['cron_path', { cron_path: 'a\0b' }],
  ['cron_path', { cron_path: 'é'.repeat(65_537) }],
  ['timezone', { timezone: 'Europe/Nowhere' }],
  ['timezone', { timezone: '+02:00' }],
  ['catch_up', { catch_up: 'some' }],
  ['on_lost', { on_lost: 'retry' }],
  ['timeout_s', { timeout_s: -1 }],
  ['timeout_s', { timeout_s: 0 }],
  ['kill_grace_s', { kill_grace_s: -1 }],
  ['latest_start_min', { latest_start_min: -5 }],
  ['keep_output', { keep_output: 2 }],
  ['cron_dow', { cron_dow: '?', enabled: 0 }],
]

for (const [field, override] of bad) {
  test(`a row with ${JSON.stringify(override).slice(0, 60)} is named and left out, the next one stays`, () => {
    const snapshot = compile([aRow(override), aRow({ id: 2 })])
    deepEqual(
      snapshot.problems.map((it) => [it.severity, it.field]),
      [['error', field]],
    )
    deepEqual(snapshot.problems[0] && rowOf(snapshot.problems[0]), ['cron', 1])
    deepEqual(
      snapshot.crons.map(({ id }) => id),
      [2],
    )
  })
}

for (const override of [
  { host: 'a b' },
  { host: '-oProxyCommand=x' },
  { host: '' },
  { host: 'a\nb' },
  { host: 'db1\u200b' },
  { host: 'root@db1' },
  { host: '[::1]' },
  { port: 0 },
  { local_port: 65_536 },
  { port: 1.5 },
  { login_timeout_s: 0 },
  { login_timeout_s: 301 },
]) {
  test(`a system with ${JSON.stringify(override)} is named, and so are its crons`, () => {
    const { crons, problems } = compile(
      [aRow({}), aRow({ id: 2, host: 2 })],
      [
        { ...system, ...override },
        { ...system, id: 2 },
      ],
    )
    deepEqual(
      crons.map(({ id }) => id),
      [2],
    )
    deepEqual(problems.slice(0, 2).map(rowOf), [
      ['system', 1],
      ['cron', 1],
    ])
  })
}

test('a row with many mistakes has them all said, and no secret with them', () => {
  const { problems } = compile([aRow({ cron_min: '61', cron_hour: '24', host: 7, action: 9, cron_name: '' })])
  equal(problems.length, 5)
  ok(!JSON.stringify(problems).includes(auth.password))
})

test('what a row does not say is assumed', () => {
  const [cron] = compile([aRow({})]).crons
  deepEqual(
    [cron?.timezone, cron?.catchUp, cron?.onLost, cron?.timeoutMs, cron?.killGraceMs, cron?.latestStartMin],
    ['Europe/Berlin', 'none', 'stop', null, 10_000, null],
  )
})

test('rows that share a name but not an action are warned of, and are separate jobs', () => {
  const snapshot = compile([aRow({ id: 3 }), aRow({ id: 1 }), aRow({ id: 2, action: 2 })])
  deepEqual(
    snapshot.problems.map((it) => [it.severity, it.field]),
    [['warning', 'action']],
  )
  deepEqual(
    firingsIn(snapshot, minuteOf(0)).map(({ job, crons }) => [job.action, crons.map(({ id }) => id)]),
    [
      ['failover', [1, 3]],
      ['all', [2]],
    ],
  )
})

test('only enabled crons fire; @reboot ones fire at boot and in no minute', () => {
  const snapshot = compile([aRow({ id: 1, enabled: 0 }), aRow({ id: 2, cron_min: '@reboot' }), aRow({ id: 3 })])
  const ids = (firings: ReturnType<typeof firingsIn>) => firings.map(({ crons }) => crons.map(({ id }) => id))
  deepEqual(ids(firingsIn(snapshot, minuteOf(0))), [[3]])
  deepEqual(ids(rebootFirings(snapshot, minuteOf(0))), [[2]])
  equal(snapshot.crons.length, 3)
})

test('one local time is due at different minutes in different zones', () => {
  const at = { cron_min: '0', cron_hour: '12' }
  const snapshot = compile([aRow({ id: 1, ...at }), aRow({ id: 2, ...at, timezone: 'Asia/Kathmandu' })])
  const due = (time: string) =>
    firingsIn(snapshot, minuteOf(Date.parse(time))).flatMap(({ crons }) => crons.map(({ id }) => id))
  deepEqual([due('2026-07-01T10:00Z'), due('2026-07-01T06:15Z'), due('2026-07-01T12:00Z')], [[1], [2], []])
})

test('100,000 rows are compiled in short steps', () => {
  const crons = Array.from({ length: 100_000 }, (_, id) =>
    aRow({ id, cron_name: `job ${id}`, cron_min: String(id % 60) }),
  )
  const input = { definitions: { auths: [auth], systems: [system], crons }, problems: [], defaultTimezone: 'UTC' }
  let steps = 0
  const generator = compileSteps(input)
  let step = generator.next()
  for (; !step.done; step = generator.next()) steps += 1
  equal(step.value.crons.length, 100_000)
  ok(steps >= 200, `${steps} steps`)
})

test('any number of bad rows is said', () => {
  const crons = Array.from({ length: 150_000 }, (_, id) => aRow({ id, cron_min: 'x' }))
  equal(compile(crons).problems.length, 150_000)
})

function rowOf({ about }: Problem) {
  return 'id' in about ? [about.kind, about.id] : about
}
