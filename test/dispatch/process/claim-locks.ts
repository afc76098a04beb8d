// A process of its own for a test: claims the lock of every cron that it is told, as fast as it can, and says which it got.

import { lockOfRun } from '../../../src/dispatch/locks/lock-of-run.ts'
import { SystemRunLocks } from '../../../src/dispatch/locks/system-run-locks.ts'
import { randomSeries } from '../../../src/dispatch/run-id.ts'
import { aCron, minute, RecordingLog } from '../../support/builders.ts'
import { HandClock } from '../../support/hand-clock.ts'

const [directory = '', count = '0'] = process.argv.slice(2)
const clock = new HandClock('2026-03-01T12:00:00Z')
const locks = SystemRunLocks.open({ directory, clock, log: new RecordingLog() })

// Listening keeps this process alive until it is killed.
process.on('message', async () => {
  const won: number[] = []
  for (let id = 1; id <= Number(count); id++) {
    const run = { id: randomSeries(), cron: aCron({ id }), minute: minute('2026-03-01T12:00:00Z') }
    if (
      (await locks.create(lockOfRun(run, { startedAt: 1000, series: null, rest: [], isWaiting: false }))) === 'created'
    )
      won.push(id)
  }
  process.send?.(won)
})
process.send?.('ready')
