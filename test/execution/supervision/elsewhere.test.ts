import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import { judgeKill, judgeProbe } from '../../../src/execution/supervision/verdict.ts'

test('another machine that answers under the name of a host proves neither an end nor a death', () => {
  const probed = judgeProbe({ kind: 'elsewhere' }, true)
  match(probed.kind === 'silent' ? probed.reason : probed.kind, /another machine answered/)
  const killed = judgeKill({ kind: 'elsewhere' }, { hasBegun: true })
  deepEqual([killed.kind, killed.kind === 'unconfirmed' && killed.isSent], ['unconfirmed', false])
})
