import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { EXIT_CODES } from '../../src/commands/cli/exit-codes.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  await auths.add({ user: 'backup', password: 'x' })
  for (const host of ['127.0.0.1', 'db2']) await systems.add({ host, port: 1 })
  const row = { cron_path: 'true', user: 1, enabled: 1, cron_hour: '2', cron_min: '30' } as const
  await crons.add({ ...row, cron_name: 'dump', host: 1 })
  await crons.add({ ...row, cron_name: 'bad', host: 2, cron_hour: '99' })
})

/** A store that cannot be read. */
const AWAY = { RCRON_DATABASE_URL: 'sqlite:/proc/nothing/rcron.db' }

type Row = readonly [command: string, status: number, code: string | null, env?: Readonly<Record<string, string>>]
const ROWS: readonly Row[] = [
  ['cron list', 0, null],
  ['cron list nosuch', 0, null],
  ['cron show dump', 0, null],
  ['cron show nosuch', 4, 'NOT_FOUND'],
  ['cron list state:odd', 2, 'INVALID'],
  ['cron list', 1, 'FAILED', AWAY],
  ['cron edit nosuch --cron-min 7', 4, null],
  ['cron edit dump --cron-min 77', 2, null],
  ['cron edit dump', 2, null],
  ['cron remove 99', 4, null],
  ['cron enable nosuch', 4, null],
  ['cron enable bad', 2, null],
  ['cron disable nosuch', 4, null],
  ['cron add --name x --command true --schedule @daily --host nosuch --user backup', 2, 'INVALID'],
  ['cron add --name x --command true --schedule @daily --host db2 --user backup', 0, null],
  ['cron add --name x --command true --schedule @daily --host db2 --user backup', 6, 'REFUSED'],
  ['system list', 0, null],
  ['system show nosuch', 4, 'NOT_FOUND'],
  ['system edit nosuch --port 7', 4, null],
  ['system add --host db2 --port 1', 6, 'REFUSED'],
  ['system remove db2 --yes', 6, null],
  ['auth list', 0, null],
  ['auth show nosuch', 4, 'NOT_FOUND'],
  ['auth edit nosuch --hosts a', 4, null],
  ['auth remove backup --yes', 6, null],
  ['check', 10, null],
  ['test nosuch', 4, 'NOT_FOUND'],
  ['test 127.0.0.1', 10, null],
  ['next dump', 0, null],
  ['next nosuch', 4, 'NOT_FOUND'],
  ['next dump --count many', 2, 'INVALID'],
  ['tick --dry-run', 0, null],
  ['tick --dry-run nosuch --at 2026-03-01T02:30Z', 4, 'NOT_FOUND'],
  ['tick --dry-run --at soon', 2, 'INVALID'],
  ['init', 0, null],
  ['init', 1, 'FAILED', AWAY],
  ['settings', 0, null],
  ['history', 0, null],
  ['history nosuch', 4, 'NOT_FOUND'],
  ['failed', 0, null],
  ['failed --since later', 2, 'INVALID'],
  ['audit', 0, null],
  ['audit -n none', 2, 'INVALID'],
  ['status', 3, null],
  ['ps', 3, 'NOT_RUNNING'],
  ['run dump', 3, 'NOT_RUNNING'],
  ['kill dump --yes', 3, 'NOT_RUNNING'],
  ['reload', 3, 'NOT_RUNNING'],
  ['pause', 0, null],
  ['pause nosuch --reason x', 4, 'NOT_FOUND'],
  ['pause dump', 2, 'INVALID'],
  ['resume dump', 4, 'NOT_FOUND'],
  ['resolve abcd --as failed --reason x', 4, 'NOT_FOUND'],
  ['resolve abcd', 2, 'INVALID'],
  ['nosuch', 2, null],
  ['ps --nosuch', 2, 'INVALID'],
]
const listed = new Map(EXIT_CODES)

for (const [line, status, code, env = {}] of ROWS) {
  const where = Object.keys(env).length > 0 ? ', its store away,' : ''
  test(`rcron ${line}${where} ends with ${status}${code === null ? '' : `, in JSON ${code}`}`, async () => {
    const ended = await rcron.run(line.split(' '), { env })
    equal(ended.status, status, ended.stdout + ended.stderr)
    ok(listed.has(status))
    if (code === null) return
    const inJson = await rcron.run([...line.split(' '), '--json'], { env })
    deepEqual([inJson.status, inJson.stdout], [status, ''])
    const last = inJson.stderr.trim().split('\n').at(-1) ?? ''
    const { error } = JSON.parse(last) as { readonly error: Readonly<Record<string, unknown>> }
    equal(error['code'], code)
    match(String(error['message']), /\S/)
  })
}
