import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../systemd/support/eventually.ts'
import type { Installed } from '../support/installed.ts'

/** Of the unit, those by which a process is confined and provided. */
const CONFINED = [
  'User',
  'Group',
  'UMask',
  'StateDirectory',
  'WorkingDirectory',
  'EnvironmentFiles',
  'Environment',
  'CapabilityBoundingSet',
  'NoNewPrivileges',
  'ProtectSystem',
  'ProtectHome',
  'PrivateTmp',
  'PrivateDevices',
  'PrivateMounts',
  'PrivateIPC',
  'ProtectProc',
  'ProtectKernelTunables',
  'ProtectControlGroups',
  'RestrictAddressFamilies',
  'RestrictNamespaces',
  'LockPersonality',
  'SystemCallFilter',
  'SystemCallArchitectures',
  'KeyringMode',
  'LimitNOFILE',
  'LimitCORE',
  'DevicePolicy',
].join(',')

export function commandRows(at: () => Installed): void {
  test("run by root it has the service's user, settings, state and sandbox, with what drop-ins add", async () => {
    const { machine } = at()
    await machine.run(`
      mkdir -p /etc/systemd/system/rcron.service.d
      printf '[Service]\\n# A comment\\nEnvironment=RCRON_LOG_LEVEL=warn \\\\\\n  RCRON_TIMEZONE=Asia/Tokyo\\nLoadCredential=extra:/etc/hostname\\n' \\
        >/etc/systemd/system/rcron.service.d/extra.conf
      systemctl daemon-reload
    `)
    const settings = JSON.parse(await machine.run('rcron settings --json'))
    match(JSON.stringify(settings), /Asia\/Tokyo/)
    match(JSON.stringify(settings), /\/var\/lib\/rcron/)
    // It waits for its standard input for as long as it is looked at.
    const asking = machine.attempt('sleep 987 2>/dev/null | rcron next --stdin')
    const unit = await eventually(
      'the command runs',
      async () =>
        /rcron-command-\S+\.service/.exec(await machine.run('systemctl list-units --no-legend "rcron-command-*"'))?.[0],
      20_000,
    )
    const shown = async (of: string) =>
      (await machine.run(`systemctl show ${of} --property=${CONFINED}`)).replace(/ ?SUDO_USER=\S*/, '')
    equal(await shown(unit), await shown('rcron.service'))
    await machine.run(`test -e /run/credentials/${unit}/extra`)
    await machine.run("pkill -f '^sleep 987'")
    equal((await asking).status, 143, 'the sleep was ended, and not the command')
    await machine.run('rm /etc/systemd/system/rcron.service.d/extra.conf; systemctl daemon-reload')
  })

  test('its exit status, its output and its input are those of the program, between pipes', async () => {
    const { machine } = at()
    equal((await machine.attempt('rcron tick --dry-run')).status, 0)
    const { status, stdout, stderr } = await machine.attempt('rcron cron show no-such-cron')
    deepEqual([status, stdout], [2, ''])
    match(stderr, /no-such-cron/)
    match(await machine.run('echo "{\\"expr\\": \\"0 0 * * *\\"}" | rcron next --stdin | head -n 1'), /T00:00:00/)
    equal(
      await machine.run(`rcron next '0 0 * * * $HOME %h "a b"' 2>&1 || true`).then((said) => said.includes('$HOME %h')),
      true,
    )
  })

  test('on a terminal it asks and colours, and ends with the status of the program', async () => {
    const { machine } = at()
    await machine.run('rcron system add --host typed.example')
    // The answer is typed when the question is there.
    const onTerminal = (line: string, question = '', answer = '') =>
      machine.attempt(`
        rm -f /run/typed; mkfifo /run/typed; exec 7<>/run/typed; : >/run/said
        timeout 60 script --quiet --return --flush --command '${line}' /dev/null <&7 >/run/said 2>&1 &
        if [ -n '${question}' ]; then
          until grep -q '${question}' /run/said; do kill -0 $! || break; sleep 0.1; done
          printf '${answer}' >&7
        fi
        status=0; wait $! || status=$?
        cat /run/said
        exit $status
      `)
    equal((await onTerminal('rcron system list')).stdout.includes('\u001b['), true)
    const { status, stdout } = await onTerminal('rcron system remove typed.example', '◆', 'y')
    equal(status, 0, stdout)
    equal((await machine.run('rcron system list')).includes('typed.example'), false)
    equal((await onTerminal('rcron no-such-command')).status, 2)
  })

  test('Ctrl-C and SIGTERM reach it between pipes as well', async () => {
    const { machine } = at()
    for (const signal of ['INT', 'TERM']) {
      await machine.run(`mkfifo /run/silent-${signal}`)
      const waiting = machine.attempt(`
        exec 7<>/run/silent-${signal}
        setsid --wait bash -c 'trap - INT; echo $$ >/run/pid-${signal}; exec rcron next --stdin' <&7 | cat
      `)
      const pid = await eventually(
        'the command runs',
        async () => {
          const units = await machine.run('systemctl list-units --no-legend --state=running "rcron-command-*"')
          return units !== '' && (await machine.run(`cat /run/pid-${signal}`))
        },
        20_000,
      )
      await machine.run(`kill -${signal} ${pid}`)
      await waiting
      equal(await machine.run('systemctl list-units --no-legend --state=running "rcron-command-*"'), '')
    }
  })

  test('its arguments stand in no journal', async () => {
    const { machine } = at()
    await machine.attempt('rcron cron show said-by-nobody-7f3a')
    await machine.run('journalctl --sync')
    doesNotMatch(await machine.run('journalctl --output=verbose --no-pager'), /said-by-nobody-7f3a/)
    match(await machine.run('journalctl --no-pager'), /rcron, run by root/)
  })

  test('run by anybody else it has their own settings and state', async () => {
    const { machine } = at()
    await machine.run("runuser --login jobs --command 'rcron init'")
    equal(await machine.run('stat -c %U /home/jobs/.local/state/rcron/rcron.db'), 'jobs')
  })
}
