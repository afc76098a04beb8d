import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import type { AuditRow } from '../../../src/domain/history/audit-row.ts'
import type { FiringRow } from '../../../src/domain/history/firing-row.ts'
import type { RunRow } from '../../../src/domain/history/run-row.ts'
import { addMinutes, startOf } from '../../../src/domain/minute.ts'
import type { FiringQuery, HistoryBatch, Retention, SweepPlace } from '../../../src/store/history/history-store.ts'
import { DatabaseFault } from '../../../src/store/sql/database-fault.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { minute } from '../../support/builders.ts'
import { aFiringRow, aRunRow } from '../../support/history-rows.ts'

export const HISTORY_TABLES = [
  'rcron_firings',
  'rcron_runs',
  'rcron_rollups',
  'rcron_hours',
  'rcron_days',
  'rcron_history',
]

/** Two stores on the same database, and a way round them. */
export type HistoryLab = {
  readonly store: SqlStore
  readonly another: SqlStore
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  /** How the database finds what a statement asks for; each line names an index, or a table that it reads as a whole. */
  readonly explain: (sql: string) => Promise<readonly string[]>
  readonly end: () => Promise<void>
}

const noon = minute('2026-03-01T12:00:00Z')
const DAY_MS = 86_400_000
const hex = (number: number) => number.toString(16).padStart(12, '0').padEnd(32, '0')

/** A firing of job `job` in minute `at`, with one run of cron `job`; each 7th fails. */
function aPair(
  at: number,
  job = 1,
  more: Partial<FiringRow> = {},
): { readonly firing: FiringRow; readonly run: RunRow } {
  const isBad = at % 7 === 3
  const end = isBad ? ({ kind: 'failed', code: 'FAILED', exitCode: 3 } as const) : ({} as const)
  const due = addMinutes(noon, at)
  const ids = { firing: hex(job * 1_000_000 + at), run: hex(job * 1_000_000 + at + 500_000) }
  const of = {
    job: { name: `job${job}`, action: 'failover' },
    minute: due,
    endedAt: startOf(due) + 900,
    ...end,
  } as const
  return {
    firing: aFiringRow({ ...of, id: ids.firing, run: ids.run, durationMs: 100 + at, ...more }),
    run: aRunRow({ ...of, id: ids.run, firing: ids.firing, cron: job, durationMs: 100 + at, host: `db${job}` }),
  }
}

function batchOf(pairs: readonly ReturnType<typeof aPair>[]): HistoryBatch {
  return { firings: pairs.map(({ firing }) => firing), runs: pairs.map(({ run }) => run) }
}

const upTo = (count: number, job = 1) => Array.from({ length: count }, (_, at) => aPair(at, job))

/** One after the other, as the writer does: a transaction that lost against that of another process is asked for again. */
async function writeEach(store: SqlStore, pairs: readonly ReturnType<typeof aPair>[]): Promise<void> {
  for (const pair of pairs) while (!(await isWritten(store, pair)));
}

async function isWritten(store: SqlStore, pair: ReturnType<typeof aPair>): Promise<boolean> {
  try {
    await store.writeHistory(batchOf([pair]))
    return true
  } catch (error) {
    if (error instanceof DatabaseFault) return false
    throw error
  }
}

/** What every store does alike with history. */
export function describeHistory(name: string, start: () => Promise<HistoryLab>): void {
  describe(`history in ${name}`, () => {
    let lab: HistoryLab
    before(async () => {
      lab = await start()
      await lab.store.applySchema(await lab.store.planSchema())
    })
    after(() => lab.end())
    beforeEach(async () => {
      for (const table of HISTORY_TABLES) await lab.query(`delete from ${table}`)
    })

    const contents = async () => {
      const tables = HISTORY_TABLES.filter((table) => table !== 'rcron_history')
      const dump = async (table: string) => {
        const rows = await lab.query(`select * from ${table}`)
        // A count that has come back to nothing is as good as none.
        const counted = rows.filter((row) => table !== 'rcron_hours' || Number(row['firings']) !== 0)
        return [
          table,
          counted
            .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)))
            .sort(),
        ]
      }
      const all: Record<string, unknown> = {}
      for (const table of tables) all[table] = (await dump(table))[1]
      return all
    }
    const everything: FiringQuery = {
      jobs: [],
      host: null,
      outcome: null,
      since: null,
      until: null,
      after: null,
      most: 1000,
    }

    test('a lost run that is resolved counts so from then on, its firing too, and what is told of it later changes nothing', async () => {
      const end = { kind: 'lost', code: 'LOST', exitCode: null, durationMs: null, reason: 'its host is gone' } as const
      const pairs = [aPair(0), aPair(1)]
      const lost = { firing: { ...aPair(2).firing, ...end }, run: { ...aPair(2).run, ...end } }
      await lab.store.writeHistory(batchOf([...pairs, lost]))
      const resolution = { as: 'succeeded', reason: 'its file is there', by: 'anna' } as const
      const resolved = await lab.store.resolveRun(lost.run.id, resolution)
      equal(resolved.kind, 'resolved')
      const history = await lab.store.history()
      const seen = async () => {
        const [found] = await history.firingsOf(lost.firing.id)
        const rollup = (await history.rollups([`failover:${lost.firing.job.name}`])).values().next().value
        return [
          ...[found?.firing, ...(found?.runs ?? [])].map((row) => [row?.kind, row?.code, row?.reason]),
          [rollup?.bar, rollup?.streak],
        ]
      }
      const said = ['succeeded', 'RESOLVED_SUCCEEDED', 'anna: its file is there']
      deepEqual(await seen(), [said, said, ['...', 3]])
      await lab.store.writeHistory(batchOf([lost]))
      deepEqual(await seen(), [said, said, ['...', 3]])
      const counted = await lab.query('select outcome, firings from rcron_hours where firings > 0')
      deepEqual(
        counted.map(({ outcome, firings }) => [outcome, Number(firings)]),
        [['succeeded', 3]],
      )
      deepEqual(await lab.store.resolveRun('f'.repeat(32), resolution), { kind: 'unknown' })
      deepEqual(await lab.store.resolveRun('0', resolution), { kind: 'ambiguous' })
      equal((await lab.store.resolveRun(lost.run.id, resolution)).kind, 'not-lost')
      equal((await lab.store.resolveRun(pairs[0]?.run.id ?? '', resolution)).kind, 'not-lost')
    })

    test('the audit has each row once, the newest first, whatever is in it', async () => {
      await lab.query('delete from rcron_audit')
      const row = (number: number, more: Partial<AuditRow> = {}): AuditRow => ({
        id: hex(number),
        at: startOf(noon) + number,
        actor: 'anna',
        action: 'edit',
        subject: `cron ${number}`,
        was: '{"cron_path":"é \u0000 🙂"}',
        became: null,
        ...more,
      })
      await lab.store.writeAudit([row(1), row(2)])
      await lab.another.writeAudit([row(2), row(3, { subject: '🙂'.repeat(300) })])
      const found = await lab.store.readAudit({ since: null, most: 10 })
      deepEqual(
        found.map(({ at }) => at - startOf(noon)),
        [3, 2, 1],
      )
      deepEqual(found[2], row(1))
      equal((await lab.store.readAudit({ since: startOf(noon) + 2, most: 1 })).length, 1)
    })

    test('what is written is read as it was', async () => {
      const { firing, run } = aPair(3)
      const odd = {
        ...run,
        reason: "it's \\ \0 \u001b[31m 💥",
        output: { stdout: { head: '\0\u001b[2J', tail: '€\n' }, stderr: { head: '💥', tail: '' } },
      }
      await lab.store.writeHistory({ firings: [firing], runs: [odd] })
      const history = await lab.store.history()
      deepEqual(await history.firingsOf(firing.id), [{ firing, runs: [odd] }])
      deepEqual(await history.firings(everything), [firing])
    })

    test('what is there changes nothing when it is written again, alone or with something new', async () => {
      await lab.store.writeHistory(batchOf(upTo(20)))
      const before = await contents()
      await lab.store.writeHistory(batchOf(upTo(20)))
      deepEqual(await contents(), before)
      await lab.store.writeHistory(batchOf(upTo(21)))
      await lab.store.writeHistory(batchOf([aPair(5), aPair(20)]))
      const [row] = await lab.query("select bar, streak from rcron_rollups where subject = 'failover:job1'")
      deepEqual([String(row?.['bar']).length, Number(row?.['streak'])], [21, 3])
    })

    test('in whatever portions, order and repetition rows come, the same stands there, and rebuilding it changes nothing', async () => {
      const pairs = [...upTo(15, 1), ...upTo(15, 2)]
      // A process that has gone is told of by its runs first; one that was missed is found to have run.
      const told = pairs.flatMap(({ firing, run }, at): HistoryBatch[] => {
        const partial = {
          ...firing,
          source: 'run',
          endedAt: firing.endedAt - 1,
          kind: 'failed',
          code: 'FAILED',
        } as const
        return [{ firings: at % 3 === 0 ? [partial, firing] : [firing], runs: [run] }]
      })
      await lab.store.writeHistory({ firings: told.flatMap((b) => b.firings), runs: told.flatMap((b) => b.runs) })
      const expected = await contents()
      const order = fc.shuffledSubarray([...told.keys(), ...told.keys()], { minLength: 2 * told.length })
      await fc.assert(
        fc.asyncProperty(order, fc.integer({ min: 1, max: 9 }), async (places, size) => {
          for (const table of HISTORY_TABLES) await lab.query(`delete from ${table}`)
          for (let at = 0; at < places.length; at += size) {
            const some = places.slice(at, at + size).flatMap((place) => told[place] ?? [])
            await lab.store.writeHistory({ firings: some.flatMap((b) => b.firings), runs: some.flatMap((b) => b.runs) })
          }
          deepEqual(await contents(), expected)
        }),
        { numRuns: 4 },
      )
      await lab.store.rebuildHistory(0, () => {})
      deepEqual(await contents(), expected)
      await lab.query('delete from rcron_rollups')
      await lab.query('delete from rcron_days')
      await lab.query('update rcron_hours set firings = 999')
      await lab.store.rebuildHistory(0, () => {})
      deepEqual(await contents(), expected)
    })

    test('two processes that write at once lose nothing of each other', async () => {
      const pairs = upTo(30)
      await Promise.all([writeEach(lab.store, pairs.slice(0, 18)), writeEach(lab.another, pairs.slice(12))])
      const [hour] = await lab.query('select sum(firings) as n from rcron_hours')
      const [day] = await lab.query('select sum(firings) as n from rcron_days')
      deepEqual([Number(hour?.['n']), Number(day?.['n'])], [30, 30])
      const history = await lab.store.history()
      equal((await history.rollups(['failover:job1', 'cron 1'])).get('cron 1')?.recent.length, 30)
    })

    test('a row of all of whose parts is written, or none of it', async () => {
      const { firing, run } = aPair(1)
      const unfit = { ...run, id: 'x'.repeat(40), port: Number.NaN }
      await rejects(lab.store.writeHistory({ firings: [firing], runs: [unfit] }))
      for (const rows of Object.values(await contents())) deepEqual(rows, [])
    })

    test('pages follow one another without a gap or a repetition, by job, by host, and over all', async () => {
      await lab.store.writeHistory(batchOf([...upTo(25, 1), ...upTo(25, 2)]))
      const history = await lab.store.history()
      const readAll = async (query: Partial<FiringQuery>) => {
        const found: FiringRow[] = []
        let after: FiringQuery['after'] = null
        for (;;) {
          const page = await history.firings({ ...everything, ...query, after, most: 7 })
          found.push(...page)
          const last = page.at(-1)
          if (last === undefined) return found
          after = { dueAt: startOf(last.minute), id: last.id }
        }
      }
      const dues = (rows: readonly FiringRow[]) => rows.map((row) => row.minute - noon)
      const newestFirst = Array.from({ length: 25 }, (_, at) => 24 - at)
      deepEqual(dues(await readAll({ jobs: ['job1'] })), newestFirst)
      deepEqual(dues(await readAll({ host: 'db2' })), newestFirst)
      deepEqual(dues(await readAll({ jobs: ['job1'], host: 'db2' })), [])
      const all = await readAll({})
      equal(new Set(all.map(({ id }) => id)).size, 50)
      deepEqual(dues(await readAll({ jobs: ['job1', 'job2'] })), dues(all))
      deepEqual(dues(await readAll({ jobs: ['job1'], outcome: 'failed' })), [24, 17, 10, 3])
      const [since, until] = [startOf(addMinutes(noon, 3)), startOf(addMinutes(noon, 6))]
      deepEqual(dues(await readAll({ jobs: ['job1'], since, until })), [5, 4, 3])
    })

    test('what wants to be looked at since a time, the newest first', async () => {
      await lab.store.writeHistory(batchOf([...upTo(25, 1), ...upTo(25, 2)]))
      const history = await lab.store.history()
      const [first, second] = [
        await history.trouble({ since: startOf(addMinutes(noon, 9)), after: null, most: 4 }),
        await history.trouble({
          since: startOf(addMinutes(noon, 9)),
          after: { endedAt: startOf(addMinutes(noon, 17)) + 900, id: hex(2_000_017) },
          most: 4,
        }),
      ]
      deepEqual(
        first.map(({ minute: due, job }) => [due - noon, job.name]),
        [
          [24, 'job2'],
          [24, 'job1'],
          [17, 'job2'],
          [17, 'job1'],
        ],
      )
      deepEqual(
        second.map(({ minute: due }) => due - noon),
        [17, 10, 10],
      )
    })

    test('one firing is found by the beginning of its id or of that of a run; two of them where that is not enough', async () => {
      await lab.store.writeHistory(batchOf(upTo(3)))
      const history = await lab.store.history()
      const { firing, run } = aPair(1)
      deepEqual((await history.firingsOf(run.id.slice(0, 32)))[0]?.firing.id, firing.id)
      equal((await history.firingsOf('0000')).length, 2)
      deepEqual(await history.firingsOf('abcd'), [])
    })

    test('the last run of a job or a cron is the one that began last, on a host or with an attempt where that is asked', async () => {
      const firing = aFiringRow({ id: 'f1'.padEnd(32, '0') })
      const later = aFiringRow({ id: 'f2'.padEnd(32, '0'), minute: addMinutes(firing.minute, 1) })
      const begun = aRunRow({ id: 'a1'.padEnd(32, '0'), firing: firing.id, attempt: 2, host: 'db2', cron: 2 })
      const before = aRunRow({ id: 'a2'.padEnd(32, '0'), firing: firing.id, startedAt: 1, endedAt: begun.endedAt - 1 })
      const never = aRunRow({ id: 'a3'.padEnd(32, '0'), firing: later.id, minute: later.minute, startedAt: null })
      await lab.store.writeHistory({ firings: [firing, later], runs: [begun, before, never] })
      const history = await lab.store.history()
      const any = { host: null, attempt: null }
      const rows: readonly (readonly [Parameters<typeof history.lastRun>[0], RunRow | null])[] = [
        [{ job: 'dump', ...any }, begun],
        [{ job: 'dump', host: 'db1', attempt: null }, before],
        [{ job: 'dump', host: null, attempt: 1 }, before],
        [{ job: 'dump', host: 'db2', attempt: 1 }, null],
        [{ job: 'other', ...any }, null],
        [{ cron: 1, ...any }, before],
        [{ cron: 2, ...any }, begun],
      ]
      for (const [query, run] of rows) deepEqual(await history.lastRun(query), run, JSON.stringify(query))
      deepEqual(await history.runsBeginning('a3'), [never])
      equal((await history.runsBeginning('a')).length, 2)
      deepEqual(await history.runsBeginning('b'), [])
    })

    test('old rows go step by step, and the newest of each cron and job stay however old', async () => {
      const old = [...upTo(230, 1), ...upTo(4, 2)]
      const fresh = Array.from({ length: 5 }, (_, at) => aPair(2 * 1440 + at, 1))
      for (let at = 0; at < old.length; at += 50) await lab.store.writeHistory(batchOf(old.slice(at, at + 50)))
      await lab.store.writeHistory(batchOf(fresh))
      const retention: Retention = {
        before: Math.floor(startOf(noon) / DAY_MS) * DAY_MS + DAY_MS,
        runs: 8,
        floors: new Map(),
      }
      let place: SweepPlace | null = { table: 'runs', after: null }
      let steps = 0
      while (place !== null) {
        place = await lab.store.sweepHistory(place, retention)
        ok(++steps < 50)
      }
      for (const table of ['rcron_runs', 'rcron_firings']) {
        const kept = await lab.query(`select job_name, count(*) as n from ${table} group by job_name order by job_name`)
        deepEqual(
          kept.map((row) => [row['job_name'], Number(row['n'])]),
          [
            ['job1', 8],
            ['job2', 4],
          ],
        )
      }
      const [days] = await lab.query('select sum(firings) as n from rcron_days')
      const [hours] = await lab.query('select sum(firings) as n from rcron_hours')
      deepEqual([Number(days?.['n']), Number(hours?.['n'])], [5, 5])
      const swept = await contents()
      await lab.store.rebuildHistory(retention.before, () => {})
      const { rcron_rollups: _, ...counts } = await contents()
      const { rcron_rollups: __, ...before } = swept
      deepEqual(counts, before)
    })

    test('without its tables it rejects, and the reading of the definitions says what there is not', async () => {
      await lab.query('drop table rcron_days')
      await rejects(lab.store.writeHistory(batchOf([aPair(1)])), { kind: 'missing-table' })
      const { problems } = await lab.store.loadDefinitions()
      ok(problems.some(({ message }) => /rcron_days .*no history of firings and runs is kept/.test(message)))
      await lab.store.applySchema(await lab.store.planSchema())
      await lab.store.writeHistory(batchOf([aPair(1)]))
    })

    test('every question is answered by an index', async () => {
      for (let at = 0; at < 1000; at += 100) {
        await lab.store.writeHistory(batchOf(Array.from({ length: 100 }, (_, n) => aPair(at + n, 1 + (n % 10)))))
      }
      const asked = [
        "select f.id from rcron_firings f where f.job_name = 'job1' order by f.due_at desc, f.id desc limit 50",
        'select f.id from rcron_firings f order by f.due_at desc, f.id desc limit 50',
        `select id from rcron_firings where trouble = 1 and ended_at >= ${startOf(addMinutes(noon, 900))} order by ended_at desc, id desc limit 50`,
        "select id from rcron_firings where id >= '0000a' and id < '0000ag' limit 2",
        "select id from rcron_runs where firing = '000000000001'",
        "select r.firing from rcron_runs r where r.host = 'db1' order by r.due_at desc, r.firing desc limit 50",
        'select id from rcron_runs where cron_id = 1 order by ended_at desc limit 50',
        "select subject from rcron_rollups where subject in ('cron 1', 'failover:job1')",
      ]
      for (const sql of asked) {
        for (const line of await lab.explain(sql)) ok(!/^reads all/.test(line), `${line}: ${sql}`)
      }
    })
  })
}
