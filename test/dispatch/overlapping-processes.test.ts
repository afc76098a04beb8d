import { deepEqual, equal, ok } from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { hasSucceeded } from '../../src/dispatch/firing-result.ts'
import { aFiring } from '../support/builders.ts'
import { settled } from '../support/hand-clock.ts'
import { aDispatch } from './a-dispatch.ts'

/** Another living process that holds the locks of crons 1 to `count`, each a `failover` run of the job `backup`. */
async function anotherProcess(t: TestContext, directory: string, count: number) {
  const child = fork(join(import.meta.dirname, 'process/claim-locks.ts'), [directory, String(count)])
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  child.send('go')
  await once(child, 'message')
  return child
}

test('a run of another living process counts as active, and is adopted when that process has gone', async (t) => {
  const { dispatcher, executor, directory, clock, locks } = aDispatch(t)
  const child = await anotherProcess(t, directory, 1)
  const first = await dispatcher.fire(aFiring('failover', [1]), 'schedule').result
  deepEqual(
    first.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped'],
  )
  deepEqual(
    [...dispatcher.active].map(({ state }) => state),
    ['elsewhere'],
  )
  await dispatcher.idle()
  equal(executor.adopted.length, 0)

  child.kill('SIGKILL')
  await once(child, 'exit')
  await clock.advance(60_000)
  const second = await dispatcher.fire(aFiring('failover', [1]), 'manual').result
  deepEqual(
    second.outcomes.map(({ outcome }) => outcome?.kind),
    ['skipped'],
  )
  equal(executor.adopted.length, 1)
  executor.adopted[0]?.handle.succeed()
  await dispatcher.idle()
  deepEqual(locks(), [])
})

test('a run of another living process is clobbered where it can be confirmed dead, and blocks where it cannot', async (t) => {
  const { dispatcher, executor, directory, clock } = aDispatch(t)
  await anotherProcess(t, directory, 1)
  executor.onAdopt = (handle) => {
    handle.onKill = () => ({ kind: 'unconfirmed', reason: 'host away' })
  }
  const blocked = await dispatcher.fire(aFiring('clobber', [1]), 'manual').result
  equal(blocked.outcomes[0]?.outcome?.kind, 'blocked')
  deepEqual(executor.crons, [])

  executor.onAdopt = () => {}
  await clock.advance(60_000)
  const next = dispatcher.fire(aFiring('clobber', [1]), 'manual')
  await settled()
  executor.newest(1).succeed()
  ok(hasSucceeded(await next.result))
})
