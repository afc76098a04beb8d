import { equal, match } from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { startLongRun } from '../support/long-run.ts'
import type { Machine } from '../support/machine.ts'
import type { Service } from '../support/service.ts'

/** What the package dbus-user-session gives each account: a bus, on which its own systemd can be asked. */
const USER_BUS = `
  printf '[Socket]\\nListenStream=%%t/bus\\n' >/etc/systemd/user/dbus.socket
  printf '[Unit]\\nRequires=dbus.socket\\n[Service]\\nType=notify\\nNotifyAccess=main\\nExecStart=/usr/bin/dbus-daemon --session --address=systemd: --nofork --nopidfile --syslog-only\\n' >/etc/systemd/user/dbus.service
  runuser -u jobs -- env XDG_RUNTIME_DIR=/run/user/$(id -u jobs) systemctl --user daemon-reload
  runuser -u jobs -- env XDG_RUNTIME_DIR=/run/user/$(id -u jobs) systemctl --user start dbus.socket`

const A_MINUTE_AND_MORE_MS = 75_000

const SCOPES = 'ls -d /sys/fs/cgroup/user.slice/user-$(id -u jobs).slice/session-*.scope'

/** As when the connection of a run breaks: sshd's processes for the account end. Resolves to the scopes of its sessions as they were. */
async function breakConnections(machine: Machine): Promise<string> {
  return await machine.run(`${SCOPES} | tr '\\n' ' '; pkill -KILL -f '^[s]shd.*: jobs'`)
}

const scopeOf = (machine: Machine, command: string) =>
  machine.run(`cat /proc/$(pgrep -o -u jobs -f '${command}')/cgroup`)

/** The account lingers; whether it has a bus decides whether a run can leave its session. */
export function sessionEndRows(service: () => Service): void {
  describe('a host whose logind ends what a login leaves behind', { concurrency: 1 }, () => {
    before(async () => {
      const { machine } = service()
      await machine.run(`
        echo KillUserProcesses=yes >>/etc/systemd/logind.conf
        systemctl restart systemd-logind`)
    })
    after(async () => {
      const { machine } = service()
      await machine.run(`
        sed -i /^KillUserProcesses=yes/d /etc/systemd/logind.conf
        systemctl restart systemd-logind`)
    })

    test('E3: a run that cannot leave its session ends with it, and that is told', async () => {
      const { machine } = service()
      const since = await service().now()
      const run = await startLongRun(service(), 'stays')
      match(await scopeOf(machine, '[s]tays.end'), /\/session-[^/]+\.scope$/m)
      await breakConnections(machine)
      // Where its supervisor outlives the command for a moment, how that ended is written down.
      const ended = new RegExp(`^run ended .*\\brun=${run.id}\\b`)
      const { message } = await service().said(ended, since, A_MINUTE_AND_MORE_MS)
      match(message, /outcome=(?:signaled\b|lost\b.*KillUserProcesses=yes)/)
    })

    test('E3: a run leaves its session where its account has a bus, survives its end, and its outcome is exact', async () => {
      const { machine } = service()
      await machine.run(USER_BUS)
      const since = await service().now()
      const run = await startLongRun(service(), 'leaves')
      match(await scopeOf(machine, '[l]eaves.end'), new RegExp(`/user@\\d+\\.service/.*/rcron-${run.id}\\.scope$`, 'm'))
      const scopes = await breakConnections(machine)
      await eventually(
        'its session is over',
        async () => (await machine.attempt(`ls -d ${scopes} | grep .`)).status !== 0,
        30_000,
      )
      await service().said(new RegExp(`^lost contact with run.*\\brun=${run.id}\\b`), since)
      await run.end(since)
      equal(await run.starts(), 1)
    })

    test('E3: what left the environment and the session of such a run is ended through its scope', async () => {
      const { machine } = service()
      const since = await service().now()
      const command = 'env -i setsid sleep 1003.25 & exec sleep 1003'
      await service().rcron(
        `cron add --cron-name swept --cron-path '${command}' --timeout-s 2 --kill-grace-s 1 --schedule '* * * * *' --host 1 --user 1 --enabled 1`,
      )
      await service().systemctl('reload')
      await service().said(/^run ended .*\bjob=swept\b.*outcome=timed-out/, since, A_MINUTE_AND_MORE_MS)
      await service().rcron('cron disable swept')
      await service().systemctl('reload')
      equal((await machine.attempt(`pgrep -x -f 'sleep 1003.25'`)).status, 1)
    })
  })
}
