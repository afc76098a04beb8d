import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { plantInnerFaults, removeInnerFaults, strike } from '../support/inner-faults.ts'
import { startLongRun } from '../support/long-run.ts'
import type { Service } from '../support/service.ts'

/** RestartSec=2 and a start. */
const RESTART_DEADLINE_MS = 20_000

export function crashRows(service: () => Service): void {
  test('D7: after a crash it is back within seconds, and takes up the run that was active', async () => {
    const { machine } = service()
    const run = await startLongRun(service(), 'through-a-crash')
    const since = await service().now()
    const crashed = await service().mainPid()
    await machine.run('systemctl kill --kill-who=main --signal=KILL rcron')
    await service().restartedFrom(crashed, RESTART_DEADLINE_MS)
    const adopted = await service().said(/^run adopted /, since)
    match(adopted.message, new RegExp(`run=${run.id}\\b`))
    equal(await run.starts(), 1)
    await run.end(since)
  })

  test('a crash from within leaves its cause under journalctl -p err', async () => {
    const { machine } = service()
    await plantInnerFaults(service())
    const since = await service().now()
    const crashed = await service().mainPid()
    await strike(machine, 'throw')
    await service().restartedFrom(crashed, RESTART_DEADLINE_MS)
    const cause = await service().said(/Error: thrown from within/, since)
    deepEqual([cause.identifier, cause.priority, cause.pid], ['rcron', 3, crashed])
    const stack =
      /bug in rcron: uncaught exception, exiting.*Error: thrown from within.*at process\.<anonymous> \(file:/s
    match(cause.message, stack)
    await removeInnerFaults(service())
  })
}
