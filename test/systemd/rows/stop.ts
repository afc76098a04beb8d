import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { DRAIN_SECONDS } from '../support/lab.ts'
import { startLongRun } from '../support/long-run.ts'
import type { Service } from '../support/service.ts'

export function stopRows(service: () => Service): void {
  test('systemctl stop ends an idle daemon at once and cleanly', async () => {
    const took = await secondsOf(() => service().systemctl('stop'))
    ok(took < 3, `${took} s`)
    equal(await service().property('Result'), 'success')
    equal(await service().property('ExecMainStatus'), '0')
    equal(await service().property('ActiveState'), 'inactive')
    await service().systemctl('start')
  })

  test('systemctl stop waits for an active run, then leaves it alive to be taken up by the next start', async () => {
    const { machine } = service()
    const run = await startLongRun(service(), 'through-a-stop')
    const since = await service().now()
    const took = await secondsOf(() => service().systemctl('stop'))
    ok(took >= DRAIN_SECONDS && took < DRAIN_SECONDS + 5, `${took} s`)
    equal(await service().property('Result'), 'success')
    equal((await service().said(/runs left running/, since)).priority, 4)
    equal(await machine.run('grep -l through-a-stop /var/lib/rcron/locks/*.rcron | wc -l'), '1')

    await service().systemctl('start')
    match((await service().said(/^run adopted /, since)).message, new RegExp(`run=${run.id}\\b`))
    equal(await run.starts(), 1)
    await run.end(since)
  })
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}
