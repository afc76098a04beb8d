import { eventually } from './eventually.ts'
import { CLONE_INSIDE } from './installation.ts'
import type { Machine } from './machine.ts'

/** The name under which the machine's own sshd is a host to run commands on; only the machine's name server knows it. */
export const HOST = 'target.lab.example'

/** Shorter than the default, so that the rows of stopping need not wait a minute. */
export const DRAIN_SECONDS = 5

/**
 * Makes the machine a host too: an sshd, an account `jobs` that lets in the key of /etc/rcron, and a name server.
 *
 * The account lingers: in a container systemd 257 now and then takes two minutes to stop a user's own systemd (`user@1000.service:
 * Processes still around after final SIGKILL`), and pam_systemd holds up each login until it has.
 */
export async function openLab(machine: Machine, node = '/opt/rcron/bin/node'): Promise<void> {
  await machine.run(`
    useradd --create-home --shell /bin/bash jobs
    ssh-keygen -q -t ed25519 -N '' -f /etc/rcron/id_ed25519
    chown rcron: /etc/rcron/id_ed25519
    install -d -o jobs -g jobs -m 700 /home/jobs/.ssh
    install -o jobs -g jobs -m 600 /etc/rcron/id_ed25519.pub /home/jobs/.ssh/authorized_keys
    systemctl start ssh
    loginctl enable-linger jobs
    systemd-run --quiet --unit=name-server ${node} ${CLONE_INSIDE}/test/systemd/support/name-server.ts 53
    echo nameserver 127.0.0.1 >/etc/resolv.conf
    echo RCRON_DRAIN_SECONDS=${DRAIN_SECONDS} >>/etc/rcron/rcron.env
    echo RCRON_LOG_RUNS=runs >>/etc/rcron/rcron.env
    systemctl restart rcron
  `)
  const resolved = async () => (await machine.attempt(`getent ahosts ${HOST}`)).status === 0
  await eventually('the name server answers', resolved, 10_000)
}
