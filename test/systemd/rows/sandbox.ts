import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import type { Machine } from '../support/machine.ts'
import type { Service } from '../support/service.ts'

const UNIT_FILE = '/etc/systemd/system/rcron.service'

/** What a directive forbids: a command that works for the account elsewhere, and must not work under the unit. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  CapabilityBoundingSet: `! grep -q '^CapBnd:.0*$' /proc/self/status`,
  LimitCORE: `test "$(ulimit -H -c)" != 0`,
  LockPersonality: 'setarch --addr-no-randomize true',
  NoNewPrivileges: `grep -q '^NoNewPrivs:.0$' /proc/self/status`,
  PrivateDevices: 'test -e /dev/left-by-others',
  PrivateIPC: `test "$(readlink /proc/self/ns/ipc)" = "$INIT_IPC"`,
  PrivateTmp: 'test -e /tmp/left-by-others',
  ProtectControlGroups: `grep -q ' /sys/fs/cgroup cgroup2 rw' /proc/self/mounts`,
  ProtectHome: 'test -r /home/open/file',
  ProtectHostname: `test "$(readlink /proc/self/ns/uts)" = "$INIT_UTS"`,
  ProtectKernelModules: 'ls /usr/lib/modules',
  ProtectProc: 'test -d /proc/1',
  ProtectSystem: 'touch /srv/open/file',
  RestrictAddressFamilies: `perl -e 'socket(my $netlink, 16, 3, 0) or exit 1'`,
  RestrictNamespaces: 'unshare --user true',
  RestrictSUIDSGID: 'cp /bin/true "$SCRATCH" && chmod u+s "$SCRATCH"',
  'SystemCallFilter, @privileged': `perl -MPOSIX -e 'POSIX::setuid($<) or exit 1'`,
  'SystemCallFilter, @resources': `perl -e 'setpriority(0, 0, 5) or exit 1'`,
  UMask: 'test "$(umask)" != 0077',
}

export function sandboxRows(service: () => Service): void {
  test('D7: every directive that a command can feel is in force', async () => {
    const { machine } = service()
    await placeProbe(machine)
    const outside = await machine.run('setpriv --reuid=rcron --regid=rcron --init-groups bash /opt/probe/probe.sh')
    deepEqual(allowedBy(outside), Object.keys(FORBIDDEN), 'outside of the unit all of it works')
    await machine.run('systemctl daemon-reload && systemctl start rcron-probe')
    const inside = await eventually('the probe has ended', () => finished(machine), 20_000)
    deepEqual(allowedBy(inside), [])
  })

  test('systemd took every switch of the unit', async () => {
    const { machine } = service()
    const switches = (await machine.run(`sed -n 's/=true$//p' ${UNIT_FILE}`)).split('\n')
    const shown = await machine.run(`systemctl show rcron ${switches.map((name) => `--property=${name}`).join(' ')}`)
    deepEqual(shown.split('\n').sort(), switches.map((name) => `${name}=yes`).sort())
    equal(switches.length > 15, true)
  })

  test('and what no command can feel has the value that the unit gives it', async () => {
    const names = [
      'DevicePolicy',
      'KeyringMode',
      'SystemCallArchitectures',
      'SystemCallErrorNumber',
      'RestrictNamespaces',
    ]
    const shown = await service().machine.run(
      `systemctl show rcron ${names.map((name) => `--property=${name}`).join(' ')}`,
    )
    deepEqual(shown.split('\n').sort(), [
      'DevicePolicy=closed',
      'KeyringMode=private',
      'RestrictNamespaces=yes',
      'SystemCallArchitectures=native',
      'SystemCallErrorNumber=1',
    ])
  })
}

/** A unit that is the service in all but what it starts. */
async function placeProbe(machine: Machine): Promise<void> {
  const probes = Object.entries(FORBIDDEN).map(
    ([directive, command]) => `(${command}) >/dev/null 2>&1 && echo '${directive}'`,
  )
  await machine.run(
    `
    install -d -o jobs -m 777 /srv/open /home/open
    mkdir -p /usr/lib/modules/any /opt/probe
    touch /home/open/file /tmp/left-by-others /dev/left-by-others
    {
      echo INIT_IPC=$(readlink /proc/1/ns/ipc) INIT_UTS=$(readlink /proc/1/ns/uts) SCRATCH=/var/tmp/scratch.$RANDOM
      cat
    } >/opt/probe/probe.sh
    sed -e 's|^ExecStart=.*|ExecStart=/bin/bash /opt/probe/probe.sh|' -e 's/^Type=.*/Type=oneshot/' \\
      -e '/^WatchdogSec=/d' -e 's/^Restart=.*/StandardOutput=file:\\/run\\/probe.out/' \\
      ${UNIT_FILE} >/etc/systemd/system/rcron-probe.service
  `,
    `${probes.join('\n')}\necho end\n`,
  )
}

async function finished(machine: Machine): Promise<string | false> {
  const { stdout } = await machine.attempt('cat /run/probe.out')
  return stdout.includes('end') && stdout
}

function allowedBy(output: string): string[] {
  return output.split('\n').filter((line) => line !== '' && line !== 'end')
}
