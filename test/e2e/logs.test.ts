import { deepEqual, equal, match } from 'node:assert/strict'
import { chmodSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SqliteHistoryJournal } from '../../src/history/sqlite-history-journal.ts'
import { SqliteJournal } from '../../src/history/sqlite-journal.ts'
import { minute, RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

const noon = minute('2026-03-01T12:00:00Z')
const output = (stdout: string, stderr = '', tail = '') => ({
  stdout: { head: stdout, tail },
  stderr: { head: stderr, tail: '' },
})
const moves = '\u001b[2J\u0007bold\u001b]0;title\u0007'
/** A walk from db1 to db2, and the one before it. */
const earlier = aFiringRow({ id: '1'.repeat(32), minute: minute('2026-03-01T11:00:00Z') })
const walk = aFiringRow({ id: '2'.repeat(32), minute: noon })
const runs = [
  aRunRow({
    id: 'aaaa'.padEnd(32, '1'),
    firing: earlier.id,
    minute: earlier.minute,
    host: 'db1',
    output: output('old\n'),
  }),
  aRunRow({
    id: 'aaaa'.padEnd(32, '2'),
    firing: walk.id,
    host: 'db1',
    attempt: 1,
    of: 2,
    kind: 'unreachable',
    code: 'HOST_UNREACHABLE',
    reason: 'no route',
    startedAt: null,
    durationMs: null,
    exitCode: null,
    stdoutBytes: 0,
    output: null,
  }),
  aRunRow({
    id: 'bbbb'.padEnd(32, '3'),
    firing: walk.id,
    host: 'db2',
    cron: 2,
    attempt: 2,
    of: 2,
    stdoutBytes: 20_000,
    stderrBytes: 8,
    output: output('a'.repeat(4096), `bad${moves}`, 'z'.repeat(12_288)),
  }),
]
const quiet = aFiringRow({ id: '3'.repeat(32), job: { name: 'quiet', action: 'failover' } })
runs.push(
  aRunRow({ id: 'cccc'.padEnd(32, '4'), firing: quiet.id, job: quiet.job, cron: 3, stdoutBytes: 5, output: null }),
)

await rcron.prepare(async ({ auths, systems, crons }, store) => {
  const user = await auths.add({ user: 'u', password: 'x' })
  for (const name of ['db1', 'db2']) {
    const host = await systems.add({ host: name })
    await crons.add({ cron_name: 'dump', cron_path: 'true', host, user })
  }
  await crons.add({ cron_name: 'idle', cron_path: 'true', host: 1, user })
  await store.writeHistory({ firings: [earlier, walk, quiet], runs })
})

test('a job means its last run that began: each stream apart, with what is left out, and nothing that moves a terminal', async () => {
  const shown = await rcron.ok('logs', 'dump')
  match(shown, /^dump on db2 at 2026-03-01T12:00Z, run bbbb3333, took 4 s: It succeeded on db2\.\n/)
  match(
    shown,
    /\nstdout, 20000 bytes:\na{4096}\n\[3616 bytes left out\]\nz{12288}\nstderr, 8 bytes:\nbad\\x1b\[2J\\x07bold/,
  )
})

test('--raw prints each stream to its own, as it is kept', async () => {
  const { status, stdout, stderr } = await rcron.run(['logs', 'dump', '--raw'])
  equal(status, 0)
  equal(stdout, 'a'.repeat(4096) + 'z'.repeat(12_288))
  equal(stderr, `rcron: 3616 bytes of stdout are left out here\nbad${moves}`)
})

const CHOICES: readonly (readonly [words: readonly string[], run: string])[] = [
  [['dump', '--host', 'db1'], 'aaaa1111'],
  [['dump@db1'], 'aaaa1111'],
  [['dump@db2:22'], 'bbbb3333'],
  [['dump', '--attempt', '1', '--host', 'db2'], ''],
  [['2'], 'bbbb3333'],
  [['bbbb'], 'bbbb3333'],
  [['aaaa2'], 'aaaa2222'],
]
for (const [words, run] of CHOICES) {
  test(`rcron logs ${words.join(' ')} means ${run === '' ? 'no run' : `run ${run}`}`, async () => {
    const { stdout, stderr, status } = await rcron.run(['logs', ...words, '--json'])
    if (run === '') {
      deepEqual([status, stdout], [4, ''])
      match(stderr, /history has no run of it on db2 with attempt 1/)
    } else equal(JSON.parse(stdout).run.slice(0, 8), run)
  })
}

test('JSON has all that is kept', async () => {
  const { generated, stdout, ...said } = (await rcron.json('logs', 'dump')) as Readonly<Record<string, never>>
  match(String(generated), /^\d{4}-.*Z$/)
  deepEqual(stdout, { bytes: 20_000, omitted_bytes: 3616, head: 'a'.repeat(4096), tail: 'z'.repeat(12_288) })
  deepEqual(
    [said['schema'], said['job'], said['host'], said['started'], said['exit_code'], said['kept'], said['stderr']],
    [
      'rcron.logs.v1',
      'dump',
      'db2',
      '2026-03-01T12:00:01.000Z',
      0,
      true,
      { bytes: 8, omitted_bytes: 0, head: `bad${moves}`, tail: '' },
    ],
  )
})

test('what is not kept is said', async () => {
  match(
    await rcron.ok('logs', 'quiet'),
    /\nIt printed 5 bytes, and none of them is kept: the column keep of its cron says so/,
  )
  match(
    await rcron.ok('logs', 'aaaa2'),
    /HOST|could not be reached: no route\nIt did not begin, and printed nothing\.\n$/,
  )
  const raw = await rcron.run(['logs', 'quiet', '--raw'])
  deepEqual([raw.status, raw.stdout], [0, ''])
  match(raw.stderr, /none of them is kept/)
})

const MISTAKES: readonly (readonly [words: readonly string[], status: number, says: RegExp])[] = [
  [['dumq'], 4, /dumq: there is no such job, and no run in the history whose id begins so\nDid you mean dump\?/],
  [['idle'], 4, /idle: history has no run of it\n"rcron ps idle" shows what is active/],
  [['dddd'], 4, /dddd: there is no such job/],
  [['aaaa'], 2, /aaaa: several runs have ids that begin so: a{4}1+, a{4}2+\nGive more of it/],
  [['dump', '--attempt', '0'], 2, /--attempt: found "0", expected a whole number from 1/],
]
for (const [words, status, says] of MISTAKES) {
  test(`rcron logs ${words.join(' ')} ends with ${status} and says why`, async () => {
    const ended = await rcron.run(['logs', ...words])
    match(ended.stderr, says)
    deepEqual([ended.status, ended.stdout], [status, ''])
  })
}

test('a run that waits for the store is found before it is there, and while the store is away', async () => {
  const path = join(rcron.stateDirectory, 'rcron.db')
  const base = { clock: new HandClock(0), log: new RecordingLog() }
  const file = new SqliteJournal({ path: join(rcron.stateDirectory, 'run-records.db'), thread: null, ...base })
  const journal = new SqliteHistoryJournal({
    file,
    store: () => `sqlite:${path}`,
    maxBytes: 1e9,
    ...base,
  })
  const row = aRunRow({ id: 'eeee'.padEnd(32, '5'), minute: minute('2026-03-01T13:00:00Z'), output: output('news\n') })
  journal.add([{ kind: 'run', row, endsFiring: true }])
  match(await rcron.ok('logs', 'dump'), /\nstdout, 3 bytes:\nnews\n$/)
  match(await rcron.ok('logs', 'eeee'), /\nnews\n$/)
  chmodSync(path, 0o400)
  match(await rcron.ok('logs', 'dump'), /\nnews\n$/)
  renameSync(path, `${path}.away`)
  const away = await rcron.run(['logs', 'dump'])
  match(away.stdout, /\nnews\n$/)
  match(away.stderr, /^There may be a later run: /)
  const nothing = await rcron.run(['logs', 'quiet'])
  deepEqual([nothing.status, nothing.stdout], [1, ''])
  renameSync(`${path}.away`, path)
  chmodSync(path, 0o600)
  file[Symbol.dispose]()
})
