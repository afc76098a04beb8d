import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { debianVersion } from '../../../packaging/release.ts'
import { startLongRun } from '../../systemd/support/long-run.ts'
import type { Installed } from '../support/installed.ts'

export function upgradeRows(at: () => Installed): void {
  test('an upgrade keeps settings, key, definitions and state, and the new daemon adopts what runs', async () => {
    const { service, machine, packages } = at()
    const kept = () => machine.run('cat /etc/rcron/rcron.env /etc/rcron/cache-key; rcron auth list; rcron system list')
    const before = await kept()
    const run = await startLongRun(service, 'through-an-upgrade')
    const [pid, since] = [await service.mainPid(), await service.now()]
    await at().apt(packages.second)
    equal(await at().version(), debianVersion(packages.second))
    equal((await service.mainPid()) === pid, false)
    equal(await machine.run('rcron --version'), packages.second.version)
    match((await service.said(/^run adopted /, since)).message, new RegExp(`run=${run.id}\\b`))
    equal(await run.starts(), 1)
    await run.end(since)
    equal(await kept(), before)
  })

  test('an upgrade leaves a daemon that was stopped and disabled alone', async () => {
    const { service, machine, packages } = at()
    await machine.run('systemctl disable --now --quiet rcron')
    await at().apt(packages.first)
    equal(await service.property('ActiveState'), 'inactive')
    equal((await machine.attempt('systemctl is-enabled rcron')).stdout.trim(), 'disabled')
    await machine.run('systemctl enable --now --quiet rcron')
  })
}
