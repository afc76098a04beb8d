import { join } from 'node:path'
import { REPOSITORY } from '../../../packaging/release.ts'
import { documentedSteps } from '../../systemd/support/documented-steps.ts'
import type { Machine } from '../../systemd/support/machine.ts'
import { PACKAGES_INSIDE } from './packages.ts'

const PASSWORD = 'known to the newcomer'

/** What ssh asks goes to this program, as it would to the terminal. */
const ANSWERS = `#!/bin/sh
case $1 in *yes/no*) echo yes ;; *) echo '${PASSWORD}' ;; esac
`

/** Somebody who has an account `me` on a machine and a login on a host, and pastes what the documents say. */
export class Newcomer {
  readonly machine: Machine

  constructor(machine: Machine) {
    this.machine = machine
  }

  /**
   * Makes the machine a fresh one, with the hosts of the documents: all answer but db1. A container
   * has no sudo: lines with it are carried out by root, in the person's home. The accounts linger for the reason that
   * `openLab` has.
   */
  async arrive(): Promise<void> {
    await this.machine.run(`
      useradd --create-home --shell /bin/bash me
      useradd --create-home --shell /bin/bash deploy
      echo 'deploy:${PASSWORD}' | chpasswd
      printf '127.0.0.1 db1.example.com\\n127.0.0.2 db2 db2.example.com\\n127.0.0.3 db1\\n' >>/etc/hosts
      printf 'ListenAddress 127.0.0.1\\nListenAddress 127.0.0.2\\n' >/etc/ssh/sshd_config.d/addresses.conf
      printf '#!/bin/sh\\necho dumped\\n' | install -m 755 /dev/stdin /usr/local/bin/pg_dumpall
      printf '#!/bin/sh\\nexec "$@"\\n' | install -m 755 /dev/stdin /usr/local/bin/sudo
      systemctl restart ssh
      loginctl enable-linger deploy me
    `)
    await this.machine.run('cat >/usr/local/bin/answers; chmod 755 /usr/local/bin/answers', ANSWERS)
  }

  /** Pastes the README's block of that name, as the person themselves. Resolves to all that is printed. */
  async paste(block: string): Promise<string> {
    return await this.type(documentedSteps(join(REPOSITORY, 'README.md'), block))
  }

  /** The same for what the person themselves types. */
  async type(lines: string): Promise<string> {
    await this.machine.run('cat >/home/me/pasted.sh', `exec 2>&1\n${lines}\n`)
    return await this.machine.run(
      `runuser --login me --command 'SSH_ASKPASS=answers SSH_ASKPASS_REQUIRE=force bash -euo pipefail pasted.sh </dev/null'`,
    )
  }

  /** Pastes a block in which each command begins with sudo, or with what only undoes the person's own. */
  async pasteAsRoot(block: string, page = 'README.md'): Promise<string> {
    const lines = documentedSteps(join(REPOSITORY, page), block)
    return await this.machine.run(`
      export HOME=/home/me SSH_ASKPASS=answers SSH_ASKPASS_REQUIRE=force
      cd ${PACKAGES_INSIDE}
      exec 2>&1 </dev/null
      ${lines}
    `)
  }
}
