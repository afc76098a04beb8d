import { debianVersion, type Release } from '../../../packaging/release.ts'
import type { Finished, Machine } from '../../systemd/support/machine.ts'
import type { Service } from '../../systemd/support/service.ts'
import { PACKAGES_INSIDE, type Packages } from './packages.ts'

/** Where the package has its Node. */
export const NODE = '/usr/lib/rcron/bin/node'

/** A machine on which rcron is installed from packages, as its administrator does it. */
export class Installed {
  readonly service: Service
  readonly packages: Packages

  constructor(service: Service, packages: Packages) {
    this.service = service
    this.packages = packages
  }

  get machine(): Machine {
    return this.service.machine
  }

  path(release: Release): string {
    return `${PACKAGES_INSIDE}/${this.packages.deb(release)}`
  }

  /** `apt install ./rcron_….deb`, with nobody there to be asked. Rejects unless it succeeds. */
  async apt(release: Release): Promise<string> {
    return await this.machine.run(`apt-get install -y --allow-downgrades ${this.path(release)} 2>&1 </dev/null`)
  }

  attemptApt(release: Release): Promise<Finished> {
    return this.machine.attempt(`apt-get install -y --allow-downgrades ${this.path(release)} 2>&1 </dev/null`)
  }

  /** What dpkg says of the package: `installed`, `config-files`, `half-configured`…; empty where it knows none. */
  async status(): Promise<string> {
    const { stdout } = await this.machine.attempt(`dpkg-query -W -f='\${db:Status-Status}' rcron`)
    return stdout
  }

  async version(): Promise<string> {
    return await this.machine.run(`dpkg-query -W -f='\${Version}' rcron`)
  }

  isOf(release: Release): (version: string) => boolean {
    return (version) => version === debianVersion(release)
  }
}
