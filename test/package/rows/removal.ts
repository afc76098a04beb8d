import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../systemd/support/eventually.ts'
import type { Installed } from '../support/installed.ts'

export function removalRows(at: () => Installed): void {
  test('remove stops the daemon and leaves settings, key and state, with which it is installed again', async () => {
    const { service, machine, packages } = at()
    await machine.run('apt-get remove -y rcron </dev/null')
    equal(await at().status(), 'config-files')
    equal(await service.property('ActiveState'), 'inactive')
    equal(
      await machine.run(
        'ls -d /usr/lib/rcron /usr/bin/rcron /usr/lib/systemd/system/rcron.service 2>/dev/null || true',
      ),
      '',
    )
    await machine.run('test -e /etc/rcron/rcron.env && test -e /etc/rcron/cache-key && test -e /var/lib/rcron/rcron.db')
    await at().apt(packages.first)
    equal(await service.property('ActiveState'), 'active')
    match(await service.rcron('system list'), /kept\.example/)
  })

  test('purge leaves the account, and what the administrator has put into /etc/rcron, which it names', async () => {
    const { service, machine } = at()
    const said = await machine.run('apt-get purge -y rcron 2>&1 </dev/null')
    match(said, /what is left in \/etc\/rcron was not put there by the package/)
    equal(await at().status(), '')
    equal(await machine.run('ls -A /etc/rcron'), 'id_ed25519\nid_ed25519.pub')
    equal(await machine.run('ls -d /var/lib/rcron /etc/systemd/system/*/rcron.service 2>/dev/null || true'), '')
    match(await machine.run('getent passwd rcron'), /^rcron:/)
    await eventually(
      'systemd has forgotten it',
      async () => (await service.property('LoadState')) === 'not-found',
      10_000,
    )
    await machine.run('rm -r /etc/rcron')
  })
}
