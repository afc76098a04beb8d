import { after, before, describe } from 'node:test'
import { crashRows } from './rows/crash.ts'
import { credentialRows } from './rows/credentials.ts'
import { firingRows } from './rows/firing.ts'
import { hostRows } from './rows/hosts.ts'
import { sessionEndRows } from './rows/hosts-session-end.ts'
import { journalRows } from './rows/journal.ts'
import { manualRows } from './rows/manual.ts'
import { reloadRows } from './rows/reload.ts'
import { sandboxRows } from './rows/sandbox.ts'
import { startRows } from './rows/start.ts'
import { stopRows } from './rows/stop.ts'
import { unitRows } from './rows/unit.ts'
import { watchdogRows } from './rows/watchdog.ts'
import { buildClone, CLONE_INSIDE, install, removeClone } from './support/installation.ts'
import { openLab } from './support/lab.ts'
import { Machine, type Release } from './support/machine.ts'
import { Service } from './support/service.ts'

const RELEASES: Readonly<Record<Release, string>> = {
  bookworm: 'systemd 252, without OpenFile=',
  trixie: 'systemd 257',
}

describe('rcron as a service', { concurrency: true }, () => {
  const built = buildClone()
  after(async () => removeClone(await built))

  for (const [release, systemd] of Object.entries(RELEASES) as [Release, string][]) {
    describe(`under ${systemd}`, { concurrency: 1 }, () => {
      let installed: Service
      const service = () => installed

      before(async () => {
        const machine = await Machine.boot(release, { [CLONE_INSIDE]: await built })
        installed = new Service(machine)
        await install(machine)
        await openLab(machine)
      })
      after(() => installed.machine.powerOff())

      unitRows(service)
      startRows(service)
      manualRows(service)
      firingRows(service)
      reloadRows(service)
      sandboxRows(service)
      credentialRows(service)
      crashRows(service)
      watchdogRows(service)
      stopRows(service)
      hostRows(service)
      // Three minutes, which a run for every change has not.
      if (process.env['RCRON_TEST_LONG']) sessionEndRows(service)
      journalRows(service)
    })
  }
})
