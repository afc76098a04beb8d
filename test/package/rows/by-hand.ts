import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { install } from '../../systemd/support/installation.ts'
import type { Installed } from '../support/installed.ts'

export function byHandRows(at: () => Installed): void {
  test('the package takes over from an rcron that was installed by hand, with its settings, key and state', async () => {
    const { service, machine, packages } = at()
    await install(machine)
    await machine.run('echo RCRON_DRAIN_SECONDS=7 >/etc/rcron/rcron.env')
    await service.rcron('system add --host by.hand.example')
    const kept = () => machine.run('cat /etc/rcron/rcron.env /etc/rcron/cache-key')
    const [before, pid] = [await kept(), await service.mainPid()]

    const said = await at().apt(packages.first)
    match(said, /^rcron was installed by hand: now the package's unit and command are in force/m)
    match(said, /^Moved to \/opt\/rcron\/by-hand: .*\/rcron\.service .*\/bin\/rcron .*sysusers\.d\/rcron\.conf\./m)
    match(await service.property('FragmentPath'), /^(\/usr)?\/lib\/systemd\/system\/rcron\.service$/)
    equal(await service.property('ActiveState'), 'active')
    equal((await service.mainPid()) === pid, false)
    equal(await machine.run('systemctl is-enabled rcron'), 'enabled')
    equal(await machine.run('command -v rcron'), '/usr/bin/rcron')
    equal(await kept(), before)
    match(await service.rcron('system list'), /by\.hand\.example/)
    equal(await machine.run('ls /opt/rcron/by-hand'), 'rcron\nrcron.service\nrcron.sysusers')
    match(await machine.run('rcron settings'), /Set to: 7$/m)
  })

  test('an upgrade after that keeps them as any other does, asking nothing', async () => {
    const { machine, packages } = at()
    await at().apt(packages.second)
    equal(await machine.run('cat /etc/rcron/rcron.env'), 'RCRON_DRAIN_SECONDS=7')
    equal(await machine.run('ls /etc/rcron/rcron.env*'), '/etc/rcron/rcron.env')
  })
}
