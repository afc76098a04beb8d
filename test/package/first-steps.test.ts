import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { REPOSITORY } from '../../packaging/release.ts'
import { Machine, type Release } from '../systemd/support/machine.ts'
import { stepRows } from './rows/first-steps.ts'
import { npmRows } from './rows/first-steps-npm.ts'
import { DEBIANS_NODE, provideDebiansNode } from './support/debians-node.ts'
import { Newcomer } from './support/newcomer.ts'
import { makePackages, PACKAGES_INSIDE } from './support/packages.ts'

const RELEASES: Readonly<Record<Release, string>> = { bookworm: 'Debian 12', trixie: 'Debian 13' }

const packages = await makePackages()
// What somebody has downloaded: one package of each kind.
const downloads = join(packages.directory, 'downloads')
mkdirSync(downloads)
linkSync(join(packages.directory, packages.deb(packages.first)), join(downloads, packages.deb(packages.first)))
const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', downloads]
const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: REPOSITORY, encoding: 'utf8' }))
const debiansNode = await provideDebiansNode(join(downloads, filename), packages.directory)

describe("the README's first steps, as they are pasted", { concurrency: true }, () => {
  after(() => packages.remove())

  for (const [release, system] of Object.entries(RELEASES) as [Release, string][]) {
    describe(`on ${system}`, { concurrency: 1 }, () => {
      let newcomer: Newcomer
      const at = () => newcomer

      before(async () => {
        const machine = await Machine.boot(release, { [PACKAGES_INSIDE]: downloads, [DEBIANS_NODE]: debiansNode })
        newcomer = new Newcomer(machine)
        await newcomer.arrive()
      })
      after(() => newcomer.machine.powerOff())

      stepRows(at)
      // Debian 13 has another.
      if (release === 'bookworm') npmRows(at)
    })
  }
})
