import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../support/service.ts'

export function reloadRows(service: () => Service): void {
  test('systemctl reload reads the definitions anew, in the same process', async () => {
    const pid = await service().mainPid()
    await service().rcron(
      'cron add --cron-name reloaded --cron-path /bin/true --host 1 --user 1 --schedule "0 0 30 2 *" --enabled 1',
    )
    const since = await service().now()
    await service().systemctl('reload')
    // A date that never comes is warned of when it is first met: so the new row was read, long before the next refresh.
    await service().said(/reloaded/, since)
    equal(await service().mainPid(), pid)
    equal(await service().property('ActiveState'), 'active')
    await service().rcron('cron remove reloaded')
  })
}
