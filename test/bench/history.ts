import { hash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { addMinutes } from '../../src/domain/minute.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { HistoryRows } from '../../src/history/history-rows.ts'
import { HistoryWriter } from '../../src/history/history-writer.ts'
import { HistoryPlan } from '../../src/history/plan-history.ts'
import { SqliteHistoryJournal } from '../../src/history/sqlite-history-journal.ts'
import { SqliteJournal } from '../../src/history/sqlite-journal.ts'
import { SystemClock } from '../../src/platform/system-clock.ts'
import type { Retention, SweepPlace } from '../../src/store/history/history-store.ts'
import { createMysqlStore } from '../../src/store/mysql/mysql-store.ts'
import type { SqlStore } from '../../src/store/sql/sql-store.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { SqliteThread } from '../../src/store/sqlite/sqlite-thread.ts'
import { minute, RecordingLog } from '../support/builders.ts'
import { LoopStall } from '../support/loop-stall.ts'
import { startMariadb } from '../support/mariadb.ts'
import { someRunFacts } from '../support/run-facts.ts'
import { markdownTable, median, timed } from './measure.ts'

/**
 * What history costs: CPU of this process for each firing (its events, the journal, the batched writing), and the time of what is asked
 * among many rows of 10,000 crons. `node test/bench/history.ts [rows]`: 1,000,000 unless more are asked for.
 */
const ROWS = Number(process.argv[2] ?? 1_000_000)
const CRONS = 10_000
const FIRINGS = 4_000
const MS_PER_DAY = 86_400_000
const KEPT_DAYS = 90
const BAR_CPU_MS = 0.15
const BAR_QUERY_MS = 20
const BAR_STEP_MS = 100
const ROUNDS = 40

/** As a daemon has one. */
const thread = new SqliteThread()
const idOf = (text: string) => hash('sha256', text).slice(0, 32)

/** Notes `FIRINGS` firings as they come in a busy minute, until the store has them all. */
async function noteAll(store: SqlStore, folder: string): Promise<void> {
  const [clock, log] = [new SystemClock(), new RecordingLog()]
  using file = new SqliteJournal({ path: join(folder, `journal-${performance.now()}.db`), clock, log, thread })
  const journal = new SqliteHistoryJournal({ file, store: () => 'db', maxBytes: 1e9, clock, log })
  const writer = new HistoryWriter({ store, journal, clock, log })
  const plan = new HistoryPlan({ installation: 'i', idOf })
  const rows = new HistoryRows({ plan, writer, mask: (excerpt) => excerpt, keepOf: () => 'all' })
  for (const [number, events] of EVENTS.entries()) {
    for (const event of events) rows.note(event)
    if (number % 20 === 19) await new Promise((next) => setImmediate(next))
  }
  await writer.flushed()
  if (log.entries.length > 0) throw new Error(JSON.stringify(log.entries[0]))
}

/** CPU milliseconds of this process for one firing of one run; and, in a run of its own, the longest time for which the event loop stood still. */
async function costOf(store: SqlStore, folder: string): Promise<{ readonly cpuMs: number; readonly stallMs: number }> {
  await emptied(store)
  const started = process.cpuUsage()
  await noteAll(store, folder)
  const { user, system } = process.cpuUsage(started)
  await emptied(store)
  const stall = new LoopStall()
  await noteAll(store, folder)
  stall.stop()
  return { cpuMs: (user + system) / 1000 / FIRINGS, stallMs: stall.take() }
}

/** Every firing is new to it. */
async function emptied(store: SqlStore): Promise<void> {
  const retention: Retention = { before: Date.now() + MS_PER_DAY, runs: 0, floors: new Map() }
  let place: SweepPlace | null = { table: 'runs', after: null }
  while (place !== null) place = await store.sweepHistory(place, retention)
}

const OUTPUT = {
  head: 'done\n'.repeat(20),
  tail: '',
  omittedBytes: 0,
  stdoutBytes: 100,
  stderrBytes: 0,
  streams: { stdout: { head: 'done\n'.repeat(20), tail: '' }, stderr: { head: '', tail: '' } },
}

const EVENTS = Array.from({ length: FIRINGS }, (_, number) => eventsOf(number))

function eventsOf(number: number): readonly RunEvent[] {
  const cron = 1 + (number % 2_000)
  const job = { name: `job ${cron}`, action: 'failover' } as const
  const due = addMinutes(minute('2026-03-01T12:00:00Z'), Math.floor(number / 2_000))
  const firing = { job, minute: due, series: null, how: 'schedule' } as const
  const run = someRunFacts({ id: idOf(`${number}`), firing, cron })
  const [at, outcome] = [Date.now() + number, { kind: 'succeeded' } as const]
  const result = { outcome, output: OUTPUT, startedAt: at, durationMs: 5, endedByItself: true }
  return [
    { kind: 'fired', at, firing, crons: [cron] },
    { kind: 'ended', at, run, result },
    { kind: 'firing-ended', at, firing, attempts: [{ cron: run, run: run.id, outcome }] },
  ]
}

type Fill = { readonly number: string; readonly id: string; readonly series: string; readonly name: string }

/** Rows of the last 90 days, 2 % of them in trouble, in one statement each: what tells a database apart is how it counts and writes hex. */
function fillingOf({ number: i, id, series, name }: Fill, now: number): readonly string[] {
  const perCron = Math.max(1, Math.floor(ROWS / CRONS))
  const step = Math.floor((KEPT_DAYS * MS_PER_DAY) / perCron)
  const due = `${now} - (${perCron} - 1 - ${i} / ${CRONS}) * ${step}`.replace(
    `${i} / ${CRONS}`,
    `floor(${i} / ${CRONS})`,
  )
  const isBad = `(${i} * 7919) % 50 = 0`
  const ended = `${due} - ${step} + (${i} % ${CRONS}) * ${Math.floor(step / CRONS)}`
  const cron = `(${i} % ${CRONS})`
  const end = `case when ${isBad} then 'failed' else 'succeeded' end, case when ${isBad} then 'FAILED' else 'SUCCEEDED' end`
  return [
    `insert into rcron_firings (id, job_name, action, due_at, first_due_at, firings, ended_at, outcome, code, trouble, run, host, exit_code, tried, hosts, duration_ms, told_by)
     select ${id}, ${name}, 'failover', ${due}, ${due}, 1, ${ended}, ${end}, case when ${isBad} then 1 else 0 end, ${id}, 'db1', 0, 1, 1, 1000, 'whole' from ${series}`,
    `insert into rcron_runs (id, firing, cron_id, job_name, action, due_at, host, port, user_name, ended_at, wait_ms, outcome, code, adopted, stdout_bytes, stderr_bytes, stdout_head, stdout_tail, stderr_head, stderr_tail)
     select ${id}, ${id}, ${cron}, ${name}, 'failover', ${due}, 'db1', 22, 'cron', ${ended}, 0, ${end}, 0, 5, 0, 'done', '', '', '' from ${series}`,
    `delete from rcron_rollups`,
    `insert into rcron_rollups (subject, bar, streak, last_at, last_outcome, recent)
     select concat('failover:', ${name}), '${'.'.repeat(60)}', 60, ${now}, 'succeeded', '${'.wao-2x'.repeat(100)}' from ${series} where ${i} < ${CRONS}`,
  ]
}

type Times = { readonly usual: number; readonly worst: number }

async function timesOf(ask: (round: number) => Promise<unknown>): Promise<Times> {
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round++) took.push(await timed(() => ask(round)))
  return { usual: median(took), worst: Math.max(...took) }
}

/** Deletes a day: the longest step, and all of them together. */
async function sweepDay(store: SqlStore, now: number) {
  const before = (Math.floor(now / MS_PER_DAY) - KEPT_DAYS + 1) * MS_PER_DAY
  const retention: Retention = { before, runs: 50, floors: new Map() }
  let [longest, all, steps] = [0, 0, 0]
  for (let place: SweepPlace | null = { table: 'runs', after: null }; place !== null; steps++) {
    const began = performance.now()
    place = await store.sweepHistory(place, retention)
    longest = Math.max(longest, performance.now() - began)
    all += performance.now() - began
  }
  return { longest, all, steps }
}

type Measured = { readonly name: string; readonly store: SqlStore; readonly fill: () => Promise<void> }

async function measured({ name, store, fill }: Measured, folder: string) {
  await store.applySchema(await store.planSchema())
  // What is compiled once, is: the daemon lives for long.
  await costOf(store, folder)
  const cost = await costOf(store, folder)
  const now = Date.now()
  await fill()
  const history = await store.history()
  const job = (round: number) => `job ${(round * 977) % CRONS}`
  const everything = { host: null, outcome: null, since: null, until: null, after: null } as const
  const newest = await timesOf((round) => history.firings({ ...everything, jobs: [job(round)], most: 50 }))
  const failed = await timesOf(() => history.trouble({ since: now - MS_PER_DAY / 2, after: null, most: 500 }))
  const page = await timesOf((round) => {
    return history.rollups(Array.from({ length: 50 }, (_, n) => `failover:${job(round * 50 + n)}`))
  })
  const sweep = await sweepDay(store, now)
  const ms = (value: number) => `${value.toFixed(1)} ms`
  const times = ({ usual, worst }: Times) => `${ms(usual)}, ${ms(worst)}`
  const isMet =
    [newest, failed, page].every(({ usual }) => usual <= BAR_QUERY_MS) &&
    cost.cpuMs <= BAR_CPU_MS &&
    sweep.longest <= BAR_STEP_MS
  return [
    name,
    `${cost.cpuMs.toFixed(3)} ms`,
    ms(cost.stallMs),
    times(newest),
    times(failed),
    times(page),
    `${sweep.steps} steps, ${ms(sweep.longest)}, ${(sweep.all / 1000).toFixed(1)} s`,
    isMet ? 'met' : 'missed',
  ]
}

const folder = mkdtempSync(join(tmpdir(), 'rcron-history-'))
const mariadb = await startMariadb()
try {
  const path = join(folder, 'store.db')
  const [sqlite, mysql] = [
    createSqliteStore(path, { thread }),
    createMysqlStore({
      host: '127.0.0.1',
      port: mariadb.port,
      user: mariadb.user,
      password: mariadb.password,
      database: mariadb.database,
      poolSize: 4,
      tls: null,
    }),
  ]
  const fillSqlite = async () => {
    using beside = new DatabaseSync(path, { timeout: 60_000 })
    const series = `(with recursive counted(i) as (select 0 union all select i + 1 from counted where i < ${ROWS - 1}) select i from counted)`
    const id = "printf('%08x%024x', (i * 2654435761) % 4294967296, i)"
    const fill = { number: 'i', id, series, name: `printf('job %d', i % ${CRONS})` }
    for (const statement of fillingOf(fill, Date.now())) beside.exec(statement)
  }
  const fillMysql = async () => {
    const id = "lower(concat(lpad(hex((seq * 2654435761) % 4294967296), 8, '0'), lpad(hex(seq), 24, '0')))"
    const fill = { number: 'seq', id, series: `seq_0_to_${ROWS - 1}`, name: `concat('job ', seq % ${CRONS})` }
    await mariadb.query(...fillingOf(fill, Date.now()), 'analyze table rcron_firings, rcron_runs, rcron_rollups')
  }
  const rows = [
    await measured({ name: 'SQLite', store: sqlite, fill: fillSqlite }, folder),
    await measured({ name: 'MariaDB', store: mysql, fill: fillMysql }, folder),
  ]
  await Promise.all([sqlite.close(), mysql.close()])
  const headings = [
    '',
    'CPU a firing',
    'loop stood still',
    'newest 50 of a job',
    'failed since 12 h',
    '50 roll-ups',
    "a day's retention",
    `bars`,
  ]
  console.log(
    `${FIRINGS} firings noted, journalled and written; then ${ROWS.toLocaleString('en')} rows of ${CRONS.toLocaleString('en')} crons (median, worst of ${ROUNDS}).`,
  )
  console.log(
    `Bars: ${BAR_CPU_MS} ms of CPU a firing, ${BAR_QUERY_MS} ms a question, ${BAR_STEP_MS} ms a step of the retention.\n`,
  )
  console.log(markdownTable([headings, ...rows]))
} finally {
  await thread[Symbol.asyncDispose]()
  await mariadb.stop()
  rmSync(folder, { recursive: true })
}
