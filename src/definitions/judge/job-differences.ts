import type { Cron } from '../../domain/cron.ts'
import { jobKey } from '../../domain/job.ts'
import { describeRow, type Problem, warningAbout } from '../../domain/problem.ts'
import type { Schedule } from '../../schedule/schedule.ts'

/** Crons of one job, the first of which the others should be like, and the columns in which one of them is not. */
type Differing = { readonly first: Cron; readonly columns: Map<Column, Cron> }

type Column = 'schedule' | 'timezone' | 'cron_path' | 'timeout_s'

/**
 * A warning for every job of which one host stands in for another (failover, shuffle, clobber) and whose crons do not say the same: those of
 * other times never stand in, those of another command do something else. Yields every `stepRows` rows.
 */
export function* jobDifferenceSteps(
  crons: readonly Cron[],
  schedules: ReadonlyMap<number, Schedule>,
  stepRows: number,
): Generator<void, readonly Problem[]> {
  const firsts = new Map<string, Cron>()
  const differing = new Map<string, Differing>()
  for (const [index, cron] of crons.entries()) {
    if (index % stepRows === stepRows - 1) yield
    if (cron.action === 'all') continue
    const key = jobKey(cron)
    const first = firsts.get(key)
    if (first === undefined) firsts.set(key, cron)
    else noteDifferences(differing, key, { first, cron, schedules })
  }
  const problems: Problem[] = []
  for (const { first, columns } of differing.values()) {
    if (problems.length % stepRows === stepRows - 1) yield
    problems.push(describe(first, columns))
  }
  return problems
}

type Pair = { readonly first: Cron; readonly cron: Cron; readonly schedules: ReadonlyMap<number, Schedule> }

function noteDifferences(differing: Map<string, Differing>, key: string, { first, cron, schedules }: Pair): void {
  const found: Column[] = []
  if (!isSame(schedules.get(first.id), schedules.get(cron.id))) found.push('schedule')
  if (first.timezone !== cron.timezone) found.push('timezone')
  if (first.command !== cron.command) found.push('cron_path')
  if (first.timeoutMs !== cron.timeoutMs) found.push('timeout_s')
  if (found.length === 0) return
  const noted = differing.get(key) ?? { first, columns: new Map() }
  for (const column of found) if (!noted.columns.has(column)) noted.columns.set(column, cron)
  differing.set(key, noted)
}

/** Equal texts are read once, and are one value. */
function isSame(one: Schedule | undefined, other: Schedule | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

const WORDS: Readonly<Record<Column, string>> = {
  schedule: 'schedule',
  timezone: 'time zone',
  cron_path: 'command',
  timeout_s: 'time-out',
}

function describe(first: Cron, columns: ReadonlyMap<Column, Cron>): Problem {
  const listed = [...columns].map(([column, cron]) => `${WORDS[column]} (${called(cron)})`)
  const isOfTimes = columns.has('schedule') || columns.has('timezone')
  const consequence = isOfTimes
    ? 'each fires at its own times, so no host takes over for another'
    : 'what runs depends on the host'
  return warningAbout(
    { kind: 'job', name: first.name },
    `its crons differ from ${called(first)} in ${listed.join(' and ')}, although its action is ${first.action}: ${consequence}`,
    '"rcron cron edit NAME" changes all of them at once; otherwise give each its own name',
  )
}

function called({ id }: Cron): string {
  return describeRow({ kind: 'cron', id })
}
