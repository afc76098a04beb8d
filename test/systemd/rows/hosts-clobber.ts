import { equal, match, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import type { Machine } from '../support/machine.ts'
import type { Service } from '../support/service.ts'

/** A boundary of a minute is never further away, and the run takes a moment. */
const A_MINUTE_AND_MORE_MS = 75_000
/** What nothing but the session scope leads to: no marker in its environment, and a session and group of its own. */
const ESCAPED = 'sleep 1000.25'

export function clobberInScope(service: () => Service): void {
  test('E7: what left the environment and the session of its run is clobbered through the session scope', async () => {
    const { machine } = service()
    const command = `env -i setsid ${ESCAPED} & exec sleep 1001`
    const since = await service().now()
    await service().rcron(
      `cron add --cron-name escape --cron-path '${command}' --action 3 --kill-grace-s 1 --schedule '* * * * *' --host 1 --user 1 --enabled 1`,
    )
    await service().systemctl('reload')
    const first = await escaped(machine, '')
    match(await machine.run(`cat /proc/${first}/cgroup`), /\/session-[^/]+\.scope$/)
    equal(await machine.run(`tr '\\0' '\\n' </proc/${first}/environ | grep -c RCRON || true`), '0')
    equal(await machine.run(`cut -d' ' -f6 /proc/${first}/stat`), first, 'it leads a session of its own')

    const second = await escaped(machine, first)
    notEqual(second, first)
    equal((await machine.attempt(`test -e /proc/${first}`)).status, 1, 'dead before the next run began')
    match(
      (await service().said(/^run ended .*\bjob=escape\b/, since)).message,
      /\boutcome=killed\b.*\bby=clobber\b|\bby=clobber\b.*\boutcome=killed\b/,
    )

    await service().rcron('cron disable escape')
    await service().systemctl('reload')
    await machine.run(`for p in ${second} $(${pidsOf('sleep 1001')}); do kill -KILL $p; done`)
  })
}

/** The pid of the escaped process that is not `other`, once there is one. */
function escaped(machine: Machine, other: string): Promise<string> {
  return eventually(
    `there is an escaped process other than "${other}"`,
    async () => (await machine.run(pidsOf(ESCAPED))).split('\n').find((pid) => pid !== '' && pid !== other),
    A_MINUTE_AND_MORE_MS,
  )
}

/** Shell that prints the pids of processes whose whole command is `command`: the run's own shells have it in their arguments too. */
function pidsOf(command: string): string {
  return `(cd /proc; for p in [0-9]*; do
    test "$(tr '\\0' ' ' 2>/dev/null <$p/cmdline)" != '${command} ' || echo $p
  done) 2>/dev/null`
}
