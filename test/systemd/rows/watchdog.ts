import { notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { plantInnerFaults, removeInnerFaults, strike } from '../support/inner-faults.ts'
import type { Service } from '../support/service.ts'

/** The unit's own WatchdogSec= and TimeoutAbortSec=, and time to start again. */
const DEADLINE_MS = 30_000 + 10_000 + 10_000

export function watchdogRows(service: () => Service): void {
  test('D7: a daemon whose loop hangs, though its process lives, is ended by the watchdog and started again', async () => {
    await plantInnerFaults(service())
    const since = await service().now()
    const hung = await service().mainPid()
    await strike(service().machine, 'hang')
    await service().said(/Watchdog timeout/, since, DEADLINE_MS)
    notEqual(await service().restartedFrom(hung, DEADLINE_MS), hung)
    await removeInnerFaults(service())
  })
}
