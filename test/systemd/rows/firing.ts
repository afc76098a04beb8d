import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { HOST } from '../support/lab.ts'
import type { Service } from '../support/service.ts'

/** A minute boundary is never further away, and the run takes a moment. */
const A_MINUTE_AND_MORE_MS = 75_000
const LATEST_START_S = 2

export function firingRows(service: () => Service): void {
  test('a cron fires over SSH at the boundary of a minute, on a host found by name', async () => {
    const { machine } = service()
    await service().rcron('auth add --user jobs --password-reference /etc/rcron/id_ed25519')
    await service().rcron(`system add --host ${HOST}`)
    await service().rcron(
      `cron add --cron-name beat --cron-path 'date +%s >>beats; id -un >>beats' --schedule '* * * * *' --host 1 --user 1 --enabled 1`,
    )
    const since = await service().now()
    await service().systemctl('reload')

    const beats = () => machine.run('cat /home/jobs/beats 2>/dev/null || true')
    const first = await eventually(
      'the cron has fired',
      async () => /jobs/.test(await beats()) && beats(),
      A_MINUTE_AND_MORE_MS,
    )
    match(first, /^\d+\njobs$/)
    ok(Number.parseInt(first, 10) % 60 < LATEST_START_S, first)

    equal((await service().said(/^run ended .*\bbeat\b.*\boutcome=succeeded\b/, since)).priority, 6)
    const recorded = async () => /"last_run":\s*[^n\s]/.test(await service().rcron('cron show beat --json'))
    await eventually('the run is on record', recorded, 10_000)
    await service().rcron('cron disable beat')
    await service().systemctl('reload')
  })

  test('a daemon that is well outlives the watchdog', async () => {
    const [pid, interval] = [await service().mainPid(), await service().property('WatchdogUSec')]
    equal(interval, '30s')
    await eventually('it has lived for longer than that', async () => (await uptimeSeconds(service())) > 33, 40_000)
    equal(await service().mainPid(), pid)
    equal(await service().property('NRestarts'), '0')
  })
}

async function uptimeSeconds(service: Service): Promise<number> {
  const startedUs = Number(await service.property('ExecMainStartTimestampMonotonic'))
  return Number.parseFloat(await service.machine.run('cat /proc/uptime')) - startedUs / 1e6
}
