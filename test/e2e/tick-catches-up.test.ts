import { deepEqual, equal } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { addMinutes, minuteOf } from '../../src/domain/minute.ts'
import { NOTHING_MISSED } from '../../src/minutes/minute-mark.ts'
import { readMarkFile, writeMarkFile } from '../../src/minutes/system-mark-file.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { startSshd } from '../support/sshd.ts'

const sshd = await startSshd()
const rcron = new RcronCommand()
after(async () => {
  rcron[Symbol.dispose]()
  await sshd.stop()
})

test('a tick after an outage reports what was missed and stays until all that is caught up has run', async () => {
  const now = minuteOf(Date.now())
  const file = join(rcron.directory, 'runs')
  const times = [now - 30, now - 20].map((minute) => minute % 60)
  await rcron.prepare(async ({ auths, systems, crons }) => {
    const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
    const host = await systems.add({ host: '127.0.0.1', port: sshd.port, local_port: sshd.port })
    const cron_path = `sleep 0.5; echo ran >> ${file}`
    // In UTC: there are zones that are half an hour from it.
    const row = { cron_name: 'late', cron_path, enabled: 1, host, user, catch_up: 'all', timezone: 'UTC' }
    await crons.add({ ...row, cron_min: times.join() })
  })
  const mark = join(rcron.stateDirectory, 'minute-mark.json')
  const last = addMinutes(now, -40)
  const planned = [{ from: last, to: last }]
  writeMarkFile(mark, { edition: 1, mark: { planned, last, open: [], unreported: NOTHING_MISSED } })

  const { status, stdout } = await rcron.run(['tick', '--json'])
  const outcomes = (JSON.parse(stdout) as readonly Record<string, unknown>[]).map(({ outcome }) => outcome)
  deepEqual([status, outcomes], [0, ['succeeded', 'succeeded']])
  equal(readFileSync(file, 'utf8'), 'ran\nran\n')
  deepEqual(readMarkFile(mark)?.mark.unreported, NOTHING_MISSED)
  deepEqual(
    readdirSync(rcron.stateDirectory).filter((name) => name.endsWith('.begun')),
    [],
  )
})
