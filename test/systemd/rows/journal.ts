import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../support/service.ts'

const ERROR = 3

export function journalRows(service: () => Service): void {
  test('journalctl -p err shows what went wrong, and nothing else', async () => {
    const { machine } = service()
    const since = await service().now()
    await service().systemctl('restart')
    await service().rcron('cron disable beat')
    await service().systemctl('reload')
    deepEqual(await errorsSince(service(), since.cursor), [], 'a good day leaves it empty')

    // What the command line would not take: a row from elsewhere.
    await machine.run(`setpriv --reuid=rcron --regid=rcron --clear-groups /opt/rcron/bin/node --eval '
      const { DatabaseSync } = require("node:sqlite")
      new DatabaseSync("/var/lib/rcron/rcron.db").exec("update rcron_crons set cron_min = 61 where id = 1")'`)
    await service().systemctl('reload')
    await service().said(/cannot use definition/, since)
    const errors = await errorsSince(service(), since.cursor)
    equal(errors.length, 1)
    match(errors[0] ?? '', /61/)
  })

  test('no line still has its priority in front, and none is written by anybody but the daemon', async () => {
    const all = await service().machine.run('journalctl --identifier=rcron --output=cat')
    ok(all.length > 0)
    deepEqual(
      all.split('\n').filter((line) => /^<\d>/.test(line)),
      [],
    )
  })
}

async function errorsSince(service: Service, cursor: string): Promise<string[]> {
  const entries = await service.journal({ cursor })
  return entries.filter(({ priority }) => priority <= ERROR).map(({ message }) => message)
}
