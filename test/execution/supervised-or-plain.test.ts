import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { RunTrace } from '../../src/domain/run.ts'
import type { AdoptedRun, RunWatch } from '../../src/execution/executor.ts'
import { supervisedOrPlain } from '../../src/execution/supervised-or-plain.ts'
import type { Access } from '../../src/hosts/target.ts'
import { aCron, anAuth, aSystem, minute } from '../support/builders.ts'
import { A_TRACE, FakeExecutor } from '../support/fake-executor.ts'

const ignored: RunWatch = { started: () => {}, unknown: () => {}, found: () => {} }

function chosen(use: (executor: ReturnType<typeof supervisedOrPlain>) => void): string {
  const [supervised, plain] = [new FakeExecutor(), new FakeExecutor()]
  use(supervisedOrPlain({ supervised, plain }))
  const count = ({ started, adopted }: FakeExecutor) => started.length + adopted.length
  return count(supervised) === 1 ? 'supervised' : `plain ${count(plain)}`
}

for (const [supervise, expected] of [
  [null, 'supervised'],
  [1, 'supervised'],
  [0, 'plain 1'],
] as const) {
  test(`supervise = ${supervise}: a run is started ${expected.split(' ')[0]}`, () => {
    const cron = aCron({ system: aSystem({ supervise }) })
    const run = { id: '0'.repeat(32), cron, minute: minute('2026-03-01T12:00:00Z') }
    deepEqual(
      chosen((executor) => executor.start(run, ignored)),
      expected,
    )
  })
}

const unsupervised: Access = { system: aSystem({ supervise: 0 }), auth: anAuth() }
const adoptions: readonly (readonly [string, RunTrace | null, Access | null, string])[] = [
  ['a trace, though its system is no longer supervised', A_TRACE, unsupervised, 'supervised'],
  ['no trace, on a system with supervise = 0', null, unsupervised, 'plain 1'],
  ['no trace, on a supervised system', null, { ...unsupervised, system: aSystem() }, 'supervised'],
  ['no trace, and no row that tells the way in', null, null, 'supervised'],
]
for (const [what, trace, access, expected] of adoptions) {
  test(`a run with ${what} is taken up ${expected.split(' ')[0]}`, () => {
    const adopted: AdoptedRun = {
      id: '0'.repeat(32),
      command: 'true',
      trace,
      startedAt: 0,
      timeoutMs: null,
      ownConnection: false,
      unknownSince: null,
      killedBy: null,
      killGraceMs: 1,
      access: () => access,
    }
    deepEqual(
      chosen((executor) => executor.adopt(adopted, ignored)),
      expected,
    )
  })
}
