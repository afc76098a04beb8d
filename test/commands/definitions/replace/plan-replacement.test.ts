import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { describePlan } from '../../../../src/commands/definitions/replace/describe-replacement.ts'
import {
  placeOf,
  planReplacement,
  type ReplacementRows,
  type Successor,
} from '../../../../src/commands/definitions/replace/plan-replacement.ts'
import type { CronRow } from '../../../../src/domain/rows.ts'
import { anAuth, aCronRow as anyCronRow, aSystem } from '../../../support/builders.ts'
import { aPauseRow } from '../../../support/pauses.ts'

const NOW = 1_000_000
const aCronRow = (columns: Partial<CronRow>) => anyCronRow({ cron_name: 'dump', ...columns })
const old = aSystem({ id: 1, host: 'db1', port: 22, local_port: 22, name: 'main' })
const other = aSystem({ id: 2, host: 'db2', port: 22, local_port: 22 })
const MOVED: Successor = { kind: 'moved', place: { host: 'db9', port: 2222, local_port: 2222 } }
const MERGED: Successor = { kind: 'merged', system: other }

function planned(successor: Successor, rows: Partial<ReplacementRows> = {}) {
  const all = { systems: [old, other], auths: [], crons: [], pauses: [], ...rows }
  return planReplacement(old, successor, all, NOW)
}

const places: readonly (readonly [string, number, number, readonly [string, number, number]])[] = [
  ['db9', 22, 22, ['db9', 22, 22]],
  ['db9', 2222, 22, ['db9', 2222, 22]],
  ['db9:2222', 22, 22, ['db9', 2222, 2222]],
  ['db9:2222', 2200, 22, ['db9', 2222, 22]],
  ['[::1]:2222', 22, 22, ['::1', 2222, 2222]],
  ['::1', 22, 22, ['::1', 22, 22]],
]
for (const [word, port, localPort, expected] of places) {
  test(`${word} is, for a system on ports ${port} and ${localPort}, ${expected.join(' ')}`, () => {
    const { host, port: to, local_port } = placeOf(word, { host: 'db1', port, local_port: localPort })
    deepEqual([host, to, local_port], expected)
  })
}

const system = (subject: string, until: number | null = null) => aPauseRow({ kind: 'system', subject, until })
const pauses: readonly (readonly [string, Successor, ReturnType<typeof system>, readonly [string, string] | null])[] = [
  ['by its host, of a system that is rebuilt', { kind: 'rebuilt' }, system('db1'), ['stays', 'db1']],
  ['by its host, of a system that moves', MOVED, system('db1'), ['follows', 'db9:2222']],
  ['by host and port, of a system that moves', MOVED, system('db1:22'), ['follows', 'db9:2222']],
  ['by its name, of a system that moves', MOVED, system('main'), ['stays', 'main']],
  ['by its id, of a system that moves', MOVED, system('1'), ['stays', '1']],
  ['by its host, of a system that another one replaces', MERGED, system('db1'), ['ends', 'db1']],
  ['that is over', MOVED, system('db1', NOW), null],
  ['of another system', MOVED, system('db2'), null],
  ['of a job that is called as the host is', MOVED, aPauseRow({ kind: 'job', subject: 'db1' }), null],
]
for (const [what, successor, pause, expected] of pauses) {
  test(`a pause ${what} ${expected === null ? 'is no matter' : `${expected[0]}: ${expected[1]}`}`, () => {
    const [found] = planned(successor, { pauses: [pause] }).pauses
    deepEqual(found === undefined ? null : [found.fate, found.became.subject], expected)
    if (found?.fate === 'ends') equal(found.became.until, NOW)
  })
}

test('a pause by a host that two systems have cannot go with one of them', () => {
  const twin = aSystem({ id: 3, host: 'db1', port: 2200 })
  const rows = { systems: [old, other, twin], pauses: [system('db1')] }
  deepEqual(planned(MOVED, rows).refusals, [
    'the pause of system:db1 also names system 3: pause system:1 by its id first',
  ])
  deepEqual(planned({ ...MERGED }, rows).refusals, [])
  equal(planned({ ...MERGED }, rows).pauses[0]?.fate, 'stays')
})

const doubled: readonly (readonly [string, Successor, Partial<ReturnType<typeof aCronRow>>, readonly string[]])[] = [
  ['job and action, on the other system', MERGED, { host: 2 }, ['crons 5 and 6 of job "dump" would both be on db2:22']],
  ['job, but of another action, on the other system', MERGED, { host: 2, action: 2 }, []],
  ['job, on a third system', MERGED, { host: 3 }, []],
  ['job, on the old system', MERGED, { host: 1 }, []],
  ['job, on another system than that which moves', MOVED, { host: 2 }, []],
]
for (const [what, successor, columns, expected] of doubled) {
  test(`with a cron of the same ${what} ${expected.length > 0 ? 'it is refused' : 'it may be done'}`, () => {
    const crons = [aCronRow({ id: 5, host: 1 }), aCronRow({ id: 6, ...columns })]
    deepEqual(planned(successor, { crons }).refusals, expected)
  })
}

const limits: readonly (readonly [string | null, boolean])[] = [
  [null, false],
  ['db1', true],
  ['db*', false],
  ['db1,db9', false],
  ['web*', false],
]
for (const [hosts, isHint] of limits) {
  test(`an auth for ${hosts ?? 'any host'} is ${isHint ? '' : 'not '}named where db1 becomes db9`, () => {
    const rows = { auths: [anAuth({ id: 4, hosts })], crons: [aCronRow({ id: 5, host: 1, user: 4 })] }
    equal(planned(MOVED, rows).limited.length, isHint ? 1 : 0)
  })
}

test('the plan names each cron with its user, the pauses and the hints', () => {
  const auths = [anAuth({ id: 4, user: 'backup', hosts: 'db1' })]
  const rows = { auths, crons: [aCronRow({ id: 5, host: 1, user: 4 })], pauses: [system('db1')] }
  deepEqual(describePlan(planned(MOVED, rows), auths), [
    'system 1, db1:22, will be db9:2222:',
    '  cron 5 "dump" as backup stays on system 1',
    '  the pause of system:db1 becomes that of system:db9:2222',
    `  hint: auth 4 (backup) may be used on db1, and so not on db9: "rcron auth edit 4 --hosts 'db1,db9'"`,
  ])
})
