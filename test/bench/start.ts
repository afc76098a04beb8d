import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMysqlStore } from '../../src/store/mysql/mysql-store.ts'
import type { SqlStore } from '../../src/store/sql/sql-store.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { startMariadb } from '../support/mariadb.ts'
import { markdownTable, median } from './measure.ts'

/**
 * CPU (user and system, of children too) of every verb of the built rcron, beside `node -e 0` in the same round, without a daemon: on an empty
 * store and on 2,000 crons, none of them due, on SQLite and on MariaDB. `node test/bench/start.ts [rounds]`.
 */
const ROUNDS = Number(process.argv[2] ?? 5)
const CRONS = 2_000
const ADDED = 20
const BAR_RATIO = 3
const BAR_ADD_SECONDS = 8
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js')

const VERBS: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['cron', 'add', '--help'],
  ['settings'],
  ['init'],
  ['check'],
  ['next', '0 3 * * *'],
  ['next'],
  ['system', 'list'],
  ['auth', 'list'],
  ['cron', 'list'],
  ['cron', 'list', '--json'],
  ['cron', 'show', '1'],
  ['cron', 'disable', '1'],
  ['tick', '--dry-run'],
  ['tick'],
]
/** Daily, in the twelve hours after the next six: none of them is due while this runs. */
const jobAt = (number: number) => ({
  cron_name: `job ${number}`,
  cron_path: 'true',
  cron_min: String(number % 60),
  cron_hour: String((new Date().getUTCHours() + 6 + (number % 12)) % 24),
})

const state = mkdtempSync(join(tmpdir(), 'rcron-start-'))
const mariadb = await startMariadb()
try {
  const { port, user, password, database } = mariadb
  const mysql = { host: '127.0.0.1', port, user, password, database, poolSize: 1, tls: null }
  const stores = [
    { name: 'SQLite', url: `sqlite:${state}/definitions.db`, open: () => createSqliteStore(`${state}/definitions.db`) },
    { name: 'MariaDB', url: mariadb.url, open: () => createMysqlStore(mysql) },
  ]
  const columns: string[][] = [
    ['CPU, median of', ...VERBS.map((verb) => `\`${verb.join(' ')}\``), `${ADDED} × \`cron add\``],
  ]
  for (const { name, url, open } of stores) {
    await filled(open(), 0)
    columns.push([`${name}, empty`, ...measure(url), addSeconds(url)])
    await filled(open(), CRONS)
    columns.push([`${name}, ${CRONS} crons`, ...measure(url), ''])
  }
  const rows = (columns[0] ?? []).map((_, row) => columns.map((column) => column[row] ?? ''))
  console.log(
    `Median of ${ROUNDS}, bar: at most ${BAR_RATIO} × \`node -e 0\` of the same round; ${ADDED} × \`cron add\`: ${BAR_ADD_SECONDS} s\n`,
  )
  console.log(markdownTable(rows))
} finally {
  await mariadb.stop()
  rmSync(state, { recursive: true, force: true })
}

/** Of each verb: milliseconds, and how many times `node -e 0` that is. */
function measure(url: string): readonly string[] {
  return VERBS.map((verb) => {
    cpuMs(url, [MAIN, ...verb]) // What Node compiles is kept from then on.
    const rounds = Array.from({ length: ROUNDS }, () => ({
      bare: cpuMs(url, ['-e', '0']),
      own: cpuMs(url, [MAIN, ...verb]),
    }))
    const ratio = median(rounds.map(({ bare, own }) => own / bare))
    if (ratio > BAR_RATIO) process.exitCode = 1
    return `${median(rounds.map(({ own }) => own)).toFixed(0)} ms, ${ratio.toFixed(1)} ×${ratio > BAR_RATIO ? ' MISSED' : ''}`
  })
}

function addSeconds(url: string): string {
  const add = [
    MAIN,
    'cron',
    'add',
    '--cron-name',
    'added',
    '--cron-path',
    'true',
    '--cron-min',
    '0',
    '--cron-hour',
    '3',
  ]
  const seconds =
    Array.from({ length: ADDED }, () => cpuMs(url, [...add, '--host', '1', '--user', '1'])).reduce(
      (sum, ms) => sum + ms,
      0,
    ) / 1000
  if (seconds > BAR_ADD_SECONDS) process.exitCode = 1
  return `${seconds.toFixed(1)} s${seconds > BAR_ADD_SECONDS ? ' MISSED' : ''}`
}

/** bash tells what its children, and theirs, have used. */
function cpuMs(url: string, args: readonly string[]): number {
  const { stdout } = spawnSync('bash', ['-c', '"$@" >/dev/null 2>&1; times', 'times', process.execPath, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: url },
  })
  const [, user = '', system = ''] = /\n(\S+) (\S+)\n$/.exec(stdout) ?? []
  return milliseconds(user) + milliseconds(system)
}

/** `0m0.042s` */
function milliseconds(time: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(time) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

/** A store with one system, one auth and so many crons more than it has. */
async function filled(store: SqlStore, crons: number): Promise<void> {
  await store.applySchema(await store.planSchema())
  if (crons === 0) {
    await store.editor.systems.add({ host: '127.0.0.1' })
    await store.editor.auths.add({ user: 'nobody', password: 'not used' })
  }
  for (let number = 0; number < crons; number += 1)
    await store.editor.crons.add({ ...jobAt(number), host: 1, user: 1, enabled: 1 })
  await store.close()
}
