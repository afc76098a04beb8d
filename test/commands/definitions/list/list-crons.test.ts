import { deepEqual, doesNotMatch, equal, match, ok, rejects } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { composeStore } from '../../../../src/app/parts.ts'
import type { CommandContext } from '../../../../src/commands/cli/context.ts'
import { Output } from '../../../../src/commands/cli/output.ts'
import type { EndsOfJobs } from '../../../../src/commands/definitions/list/cron-facts.ts'
import { listCrons } from '../../../../src/commands/definitions/list/list-crons.ts'
import { minuteOf } from '../../../../src/domain/minute.ts'

const now = minuteOf(Date.parse('2026-11-28T11:30Z'))
const directory = mkdtempSync(join(tmpdir(), 'rcron-lists-'))
const store = await composeStore({ database: { kind: 'sqlite', path: join(directory, 'rcron.db') } })
after(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})
await store.applySchema(await store.planSchema())
const { auths, systems, crons } = store.editor
const root = await auths.add({ user: 'root', password: 'x' })
const web = await auths.add({ user: 'www-data', password: 'x' })
const dbs = await systemsOf(['db1', 'db2', 'db3'])
const webs = await systemsOf(Array.from({ length: 50 }, (_, at) => `web${at + 1}.example.com`))
const SPACE =
  'failed with exit code 3 tar: /var/backups/main.tar: Cannot write: No space left on device; tar: Error is not recoverable: exiting now'

async function systemsOf(hosts: readonly string[]): Promise<readonly number[]> {
  return await systems.addAll(hosts.map((host) => ({ host })))
}

type Row = Parameters<typeof crons.add>[0]
const add = async (row: Partial<Row>, hosts: readonly number[], last: readonly (string | null)[] = []) => {
  const what = { cron_name: '', cron_path: 'true', enabled: 1, user: root, ...row }
  const ids = await crons.addAll(hosts.map((host) => ({ ...what, host })))
  for (const [at, errors] of last.entries()) {
    const lastRun = Date.parse('2026-11-28T02:30:12Z')
    await store.recordRun({ cronId: ids[at] ?? 0, lastRun, durationMs: 1000, errors })
  }
}
await add(
  { cron_name: 'backup', cron_path: '/usr/bin/backup --all --to /var/backups', cron_min: '30', cron_hour: '2' },
  dbs,
  [SPACE, null],
)
await add({ cron_name: 'thumbs', cron_path: 'thumbs', cron_min: '*/5', user: web, action: 2 }, webs, [
  null,
  'lost: the connection broke',
  'lost: the connection broke',
])
const report = {
  cron_name: 'bi/report',
  cron_path: 'report --mail',
  cron_min: '0',
  cron_hour: '6',
  cron_dow: 'mon-fri',
}
await add({ ...report, timezone: 'America/New_York' }, dbs.slice(2))
await add({ cron_name: 'import', cron_path: 'import', enabled: 0, cron_min: '@daily' }, dbs.slice(0, 1))
await add({ cron_name: 'broken', cron_path: 'x', cron_min: '61' }, dbs.slice(0, 1))

async function listed(
  words: readonly string[],
  options = {},
  columns = '',
  endsOf?: EndsOfJobs,
): Promise<readonly [string, string]> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const context = { environment: { COLUMNS: columns }, stdout, stderr } as unknown as CommandContext
  const said = Promise.all([text(stdout), text(stderr)])
  const parts = {
    output: new Output(context),
    editor: store.editor,
    settings: { timezone: 'UTC' },
    now,
    ...(endsOf && { endsOf }),
  }
  equal(await listCrons(words, options, parts), 0)
  stdout.end()
  stderr.end()
  return await said
}

const ERRORS = `
backup@db1: ${SPACE}
thumbs@web2.example.com, thumbs@web3.example.com: lost: the connection broke
`
const goldens: Readonly<Record<number, string>> = {
  60: `
NEXT             STATE       JOB
11:35Z           lost 2/50   thumbs
Sun 02:30Z       failed 1/3  backup
-                unusable    broken
Mon 06:00-05:00  never-ran   bi/report
-                disabled    import
`,
  80: `
NEXT             LEFT    LAST    STATE       JOB        HOSTS
11:35Z           5m      9h ago  lost 2/50   thumbs     web1.example.com (+49)
Sun 02:30Z       15h00m  9h ago  failed 1/3  backup     db1 (+2)
-                -       -       unusable    broken     db1
Mon 06:00-05:00  1d      -       never-ran   bi/report  db3
-                -       -       disabled    import     db1
`,
  120: `
NEXT             LEFT    LAST    STATE       JOB        HOSTS                   SCHEDULE         COMMAND
11:35Z           5m      9h ago  lost 2/50   thumbs     web1.example.com (+49)  */5 * * * *      thumbs
Sun 02:30Z       15h00m  9h ago  failed 1/3  backup     db1 (+2)                30 2 * * *       /usr/bin/backup --all …
-                -       -       unusable    broken     db1                     61 * * * *       x
Mon 06:00-05:00  1d      -       never-ran   bi/report  db3                     0 6 * * mon-fri  report --mail
-                -       -       disabled    import     db1                     @daily           import
`,
}
for (const [columns, expected] of Object.entries(goldens)) {
  test(`a line for each job fits ${columns} columns, and no error is cut`, async () => {
    const [stdout, stderr] = await listed([], {}, columns)
    equal(stdout, `${expected.slice(1)}${ERRORS}`)
    equal(stderr, 'Not usable: cron 56 (broken). "rcron check" says why.\n')
    for (const line of expected.split('\n')) ok(line.length <= Number(columns), line)
  })
}

const filters: readonly (readonly [readonly string[], readonly string[]])[] = [
  [['b*'], ['backup', 'bi/report', 'broken']],
  [
    ['b*', 'import'],
    ['backup', 'bi/report', 'import', 'broken'],
  ],
  [['?i/*'], ['bi/report']],
  [['host:db3'], ['backup', 'bi/report']],
  [['host:DB3:22', 'b?ckup'], ['backup']],
  [['host:web*'], ['thumbs']],
  [['user:www-*'], ['thumbs']],
  [['state:disabled'], ['import']],
  [['state:failed'], ['backup']],
  [['state:failed,lost', 'host:db*'], ['backup']],
  [['state:unusable'], ['broken']],
  [
    ['state:succeeded', 'state:disabled'],
    ['thumbs', 'backup', 'import'],
  ],
]
for (const [words, names] of filters) {
  test(`cron list ${words.join(' ')}`, async () => {
    const json = JSON.parse((await listed(words, { json: true }))[0]) as { items: { readonly cron_name: string }[] }
    deepEqual(new Set(json.items.map((row) => row.cron_name)), new Set(names))
    const [stdout] = await listed(words)
    for (const name of names) match(stdout, new RegExp(`  ${name}  `))
  })
}

test('JSON is a row for each cron with all its columns, and --rows a line, whose time says its zone', async () => {
  const [json] = await listed([], { json: true })
  const { schema, items: rows } = JSON.parse(json) as { schema: string; items: Readonly<Record<string, unknown>>[] }
  equal(schema, 'rcron.crons.v1')
  deepEqual([rows.length, rows[0]?.['errors'], rows[0]?.['last_run']], [56, SPACE, '2026-11-28 02:30:12'])
  const [stdout] = await listed(['backup'], { rows: true }, '80')
  const lines = stdout.trimEnd().split('\n')
  equal(lines.length, 4)
  ok(lines[1]?.endsWith(SPACE), stdout)
  match((await listed(['backup'], { rows: true }))[0], / 2026-11-28 02:30:12Z /)
})

test('of a job that goes from host to host its last firing counts, and its first attempts are no errors', async () => {
  const endsOf = async () => new Map([['failover:backup', 'succeeded' as const]])
  const [stdout] = await listed(['backup', 'thumbs'], {}, '80', endsOf)
  match(stdout, /^NEXT.*\n.* lost 2\/50 +thumbs .*\n.* succeeded +backup /)
  doesNotMatch(stdout, /backup@db1/)
  const [good] = await listed(['state:succeeded'], {}, '80', endsOf)
  match(good, / succeeded +backup /)
})

test('a state that there is not is refused, and a filter that takes nothing says so', async () => {
  await rejects(listed(['state:bad,lost', 'state:ugly']), /state:bad.*expected one of enabled[\s\S]*state:ugly/)
  deepEqual(await listed(['nosuch*']), ['', 'None of 56 crons is like that: "rcron cron list" shows all.\n'])
})
