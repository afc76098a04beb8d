import type { Cron } from '../domain/cron.ts'
import type { Problem } from '../domain/problem.ts'
import type { Definitions } from '../domain/rows.ts'
import { createScheduleMemo } from '../schedule/parse/schedule-memo.ts'
import type { Schedule } from '../schedule/schedule.ts'
import { scheduleTableSteps, type TableEntry } from '../schedule/schedule-table.ts'
import { zoneOf } from '../schedule/timezone.ts'
import { jobDifferenceSteps } from './judge/job-differences.ts'
import { type JudgingContext, judgeCron } from './judge/judge-cron.ts'
import { authProblems, systemProblems } from './judge/judge-system.ts'
import { lookAlikeSteps } from './judge/look-alike-names.ts'
import { mixedActionSteps } from './judge/mixed-actions.ts'
import { judgePauses } from './judge/pauses/judge-pause.ts'
import type { JudgedCrons, Snapshot } from './snapshot.ts'

/** Definitions as they were read, and what they are compiled with. */
export type CompileInput = {
  readonly definitions: Definitions
  /** What the store found wrong with rows that it left out. */
  readonly problems: readonly Problem[]
  /** For crons without a zone of their own. Must be one: a RangeError otherwise. */
  readonly defaultTimezone: string
}

/** Rows judged between two yields: a few milliseconds. */
const STEP_ROWS = 500

/** Makes a snapshot in one go. */
export function compileSnapshot(input: CompileInput): Snapshot {
  return inOneGo(compileSteps(input))
}

/** Judges each cron by itself, in one go: less than a snapshot. */
export function judgeCronsAlone(input: CompileInput): JudgedCrons {
  return inOneGo(judgeSteps(input))
}

function inOneGo<Result>(steps: Generator<void, Result>): Result {
  let step = steps.next()
  while (!step.done) step = steps.next()
  return step.value
}

/** Makes a snapshot; a yield every few milliseconds lets the caller serve others. A bad row becomes a problem and is left out. */
export function* compileSteps(input: CompileInput): Generator<void, Snapshot> {
  const judged = yield* judgeSteps(input)
  yield
  const entries = yield* tableEntries(judged.enabled, judged.schedules)
  const table = yield* scheduleTableSteps(entries, STEP_ROWS)
  const mixed = yield* mixedActionSteps(judged.crons, STEP_ROWS)
  const differing = yield* jobDifferenceSteps(judged.crons, judged.schedules, STEP_ROWS)
  const alike = yield* lookAlikeSteps(judged.crons, STEP_ROWS)
  const { pauses, problems } = judgePauses(input.definitions.pauses ?? [], input.defaultTimezone)
  return { ...judged, table, pauses, problems: [...judged.problems, ...mixed, ...differing, ...alike, ...problems] }
}

function* judgeSteps({ definitions, problems, defaultTimezone }: CompileInput): Generator<void, JudgedCrons> {
  zoneOf(defaultTimezone)
  const auths = yield* judgeRows(definitions.auths, authProblems)
  const systems = yield* judgeRows(definitions.systems, systemProblems)
  const context = { auths: auths.rows, systems: systems.rows, defaultTimezone, parse: createScheduleMemo() }
  const judged = yield* judgeCrons(definitions, context)
  return {
    crons: judged.crons,
    enabled: judged.crons.filter((cron) => cron.enabled),
    schedules: judged.schedules,
    problems: [...problems, ...auths.problems, ...systems.problems, ...judged.problems],
  }
}

type JudgedRows<Row> = { readonly rows: ReadonlyMap<number, Row | null>; readonly problems: readonly Problem[] }

function* judgeRows<Row extends { readonly id: number }>(
  rows: readonly Row[],
  judge: (row: Row) => readonly Problem[],
): Generator<void, JudgedRows<Row>> {
  const judged = new Map<number, Row | null>()
  const problems: Problem[] = []
  for (const [index, row] of rows.entries()) {
    if (index % STEP_ROWS === STEP_ROWS - 1) yield
    const found = judge(row)
    problems.push(...found)
    judged.set(row.id, found.some(({ severity }) => severity === 'error') ? null : row)
  }
  return { rows: judged, problems }
}

function* judgeCrons(
  { crons: rows }: Definitions,
  context: JudgingContext,
): Generator<void, Omit<JudgedCrons, 'enabled'>> {
  const crons: Cron[] = []
  const schedules = new Map<number, Schedule>()
  const problems: Problem[] = []
  for (const [index, row] of rows.toSorted((a, b) => a.id - b.id).entries()) {
    if (index % STEP_ROWS === STEP_ROWS - 1) yield
    const { cron, schedule, problems: found } = judgeCron(row, context)
    problems.push(...found)
    if (cron === null || schedule === null) continue
    crons.push(cron)
    schedules.set(cron.id, schedule)
  }
  return { crons, schedules, problems }
}

function* tableEntries(
  crons: readonly Cron[],
  schedules: ReadonlyMap<number, Schedule>,
): Generator<void, readonly TableEntry[]> {
  const entries: TableEntry[] = []
  for (const [index, { id, timezone }] of crons.entries()) {
    if (index % STEP_ROWS === STEP_ROWS - 1) yield
    const schedule = schedules.get(id)
    if (schedule !== undefined) entries.push({ schedule, zone: zoneOf(timezone) })
  }
  return entries
}
