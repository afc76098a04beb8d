import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../support/service.ts'

const AS_SERVICE = 'setpriv --reuid=rcron --regid=rcron --init-groups'

/** No daemon is told of that. */
const CHANGE_BY_SQL = `
  import { DatabaseSync } from 'node:sqlite'
  new DatabaseSync('/var/lib/rcron/rcron.db').exec("update rcron_crons set cron_name = 'reloaded' where cron_name = 'added'")
`

export function reloadRows(service: () => Service): void {
  test('what a command changes is in force at once, and systemctl reload reads what was changed by SQL, in the same process', async () => {
    const { machine } = service()
    const pid = await service().mainPid()
    const beforeAdding = await service().now()
    await service().rcron(
      'cron add --name added --command /bin/true --host 1 --user 1 --schedule "0 0 30 2 *" --enabled',
    )
    // A date that never comes is warned of when it is first met: so the new row was read, long before the next refresh.
    await service().said(/added/, beforeAdding)
    await machine.run(`${AS_SERVICE} /opt/rcron/bin/node --input-type=module`, CHANGE_BY_SQL)
    const since = await service().now()
    await service().systemctl('reload')
    await service().said(/reloaded/, since)
    equal(await service().mainPid(), pid)
    equal(await service().property('ActiveState'), 'active')
    await service().rcron('cron remove reloaded')
  })
}
