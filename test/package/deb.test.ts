import { after, before, describe } from 'node:test'
import { CLONE_INSIDE } from '../systemd/support/installation.ts'
import { Machine, type Release } from '../systemd/support/machine.ts'
import { Service } from '../systemd/support/service.ts'
import { byHandRows } from './rows/by-hand.ts'
import { commandRows } from './rows/command.ts'
import { crashRows } from './rows/crash.ts'
import { downgradeRows } from './rows/downgrade.ts'
import { installRows } from './rows/install.ts'
import { removalRows } from './rows/removal.ts'
import { upgradeRows } from './rows/upgrade.ts'
import { Installed } from './support/installed.ts'
import { makePackages, PACKAGES_INSIDE } from './support/packages.ts'

const RELEASES: Readonly<Record<Release, string>> = {
  bookworm: 'Debian 12 with systemd 252',
  trixie: 'Debian 13 with systemd 257',
}

const packages = await makePackages()

describe('the .deb', { concurrency: true }, () => {
  after(() => packages.remove())

  for (const [release, system] of Object.entries(RELEASES) as [Release, string][]) {
    describe(`on ${system}`, { concurrency: 1 }, () => {
      let installed: Installed
      const at = () => installed

      before(async () => {
        const mounts = { [PACKAGES_INSIDE]: packages.directory, [CLONE_INSIDE]: packages.clone }
        const machine = await Machine.boot(release, mounts)
        installed = new Installed(new Service(machine), packages)
      })
      after(() => installed.machine.powerOff())

      installRows(at)
      commandRows(at)
      upgradeRows(at)
      crashRows(at)
      downgradeRows(at)
      removalRows(at)
      byHandRows(at)
    })
  }
})
