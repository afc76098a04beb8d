import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../support/service.ts'

export function startRows(service: () => Service): void {
  test("the page's steps end with the service active, at the first try", async () => {
    equal(await service().property('ActiveState'), 'active')
    equal(await service().property('SubState'), 'running')
    equal(await service().property('NRestarts'), '0')
    equal(await service().property('UnitFileState'), 'enabled')
    match(await service().property('StatusText'), /0 of 0 crons enabled; 0 runs active; definitions as of 20/)
  })

  test('it runs as an account of its own, which owns its state and nothing else', async () => {
    const { machine } = service()
    equal(await machine.run(`stat -c %U /proc/${await service().mainPid()}`), 'rcron')
    equal(await machine.run('stat -c "%U %a" /var/lib/rcron'), 'rcron 700')
    equal(await machine.run('find /etc/rcron /opt/rcron -user rcron ! -name "id_*" | head -n 1'), '')
  })
}
