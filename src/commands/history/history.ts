import { ACTIONS } from '../../domain/action.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import type { FiringRow } from '../../domain/history/firing-row.ts'
import { MARKS, type Rollup } from '../../domain/history/recent.ts'
import { jobKey } from '../../domain/job.ts'
import { startOf } from '../../domain/minute.ts'
import { aboutOption, aboutWord, errorAbout } from '../../domain/problem.ts'
import type { FiringKind } from '../../domain/reasons/firing-end.ts'
import { describeDuration } from '../../domain/words.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { FiringQuery, HistoryReading } from '../../store/history/history-store.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { type JobTimes, loadJobTimes } from '../shared/job-times.ts'
import { loadJudged, type OpenStore, withStore } from '../shared/open-store.ts'
import { pastTimeOf } from '../shared/past-time.ts'
import { localTime, noteOf, printedFiring, SHORT_ID } from './describe-firing.ts'

/** Options of `rcron history`. */
export type HistoryOptions = {
  readonly since?: string
  readonly until?: string
  readonly outcome?: string
  readonly host?: string
  readonly count?: string
  readonly json?: boolean
}

const DEFAULT_COUNT = 20
const MOST = 1000

/** Lists what became of the firings of jobs, the newest first. */
export async function history(
  context: CommandContext,
  jobs: readonly string[],
  options: HistoryOptions,
): Promise<ExitCode> {
  const [word, ...others] = jobs
  if (word === 'rebuild' && others.length === 0) return await (await import('./rebuild.ts')).rebuild(context)
  return await withStore<ExitCode>(context, async (opened) => {
    const times = await loadJobTimes(opened)
    const query = await withHost(opened, queryOf(jobs, options, times))
    const reading = await opened.store.history()
    const rows = await reading.firings(query)
    if (rows.length === 0) await refuseUnknown(opened, query.jobs)
    const output = new Output(context)
    if (options.json === true) {
      output.json({ schema: 'rcron.history.v1', generated: new Date().toISOString(), items: rows.map(printedFiring) })
      return 0
    }
    printRows(output, rows, times)
    const [job] = query.jobs
    if (query.jobs.length === 1 && job !== undefined && rows.length > 0)
      printBars(output, job, await barsOf(reading, job))
    return 0
  })
}

/** The history knows hosts by their addresses. */
async function withHost({ store }: OpenStore, query: FiringQuery): Promise<FiringQuery> {
  if (query.host === null) return query
  const named = (await store.editor.systems.find(query.host)).find(({ row }) => row?.name === query.host)
  return { ...query, host: named?.row?.host ?? query.host }
}

function queryOf(words: readonly string[], options: HistoryOptions, times: JobTimes): FiringQuery {
  const placed = words.map(jobAndHost)
  const at = { now: Date.now(), zone: zoneOf(times.zoneOfNames(placed.map(({ job }) => job))) }
  const hosts = new Set([
    ...placed.flatMap(({ host }) => host ?? []),
    ...((options.host ?? '') ? [String(options.host)] : []),
  ])
  const [host = null] = hosts
  if (hosts.size > 1)
    throw new InvalidInputError([errorAbout(aboutWord(words.join(' ')), 'names several hosts, expected one at a time')])
  return {
    jobs: placed.map(({ job }) => job),
    host,
    outcome: outcomeOf(options.outcome),
    since: options.since === undefined ? null : pastTimeOf('--since', options.since, at),
    until: options.until === undefined ? null : pastTimeOf('--until', options.until, at),
    after: null,
    most: countOf(options.count),
  }
}

/** `dump@db1` is the job's cron on that host. */
function jobAndHost(word: string): { readonly job: string; readonly host: string | null } {
  const at = word.lastIndexOf('@')
  if (at <= 0) return { job: word, host: null }
  return { job: word.slice(0, at), host: word.slice(at + 1).replace(/:\d+$/, '') }
}

function outcomeOf(text: string | undefined): FiringKind | null {
  if (text === undefined) return null
  if (Object.hasOwn(MARKS, text)) return text as FiringKind
  const message = `found ${JSON.stringify(text)}, expected one of ${Object.keys(MARKS).join(', ')}`
  throw new InvalidInputError([errorAbout(aboutOption('--outcome'), message)])
}

function countOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COUNT
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count
  const message = `found ${JSON.stringify(text)}, expected a whole number from 1 to ${MOST}`
  throw new InvalidInputError([errorAbout(aboutOption('--count'), message)])
}

/** A name that is in neither the history nor the crontab was mistyped. */
async function refuseUnknown(opened: OpenStore, jobs: readonly string[]): Promise<void> {
  if (jobs.length === 0) return
  const { snapshot } = await loadJudged(opened)
  const known = new Set(snapshot.crons.map(({ name }) => name))
  const unknown = jobs.filter((job) => !known.has(job))
  if (unknown.length === 0) return
  throw new InvalidInputError(
    unknown.map((job) =>
      errorAbout(aboutWord(job, 'job'), 'is neither in the history nor in the crontab', 'rcron cron list'),
    ),
    4,
  )
}

function printRows(output: Output, rows: readonly FiringRow[], { zoneOfJob }: JobTimes): void {
  if (rows.length === 0) {
    output.line('No firings.')
    return
  }
  output.table(
    [
      { heading: 'FIRING', leaves: 1 },
      'DUE',
      { heading: 'JOB', isCut: true },
      'HOST',
      'OUTCOME',
      { heading: 'TOOK', leaves: 3 },
      { heading: 'EXIT', leaves: 2 },
      { heading: 'NOTE', isLong: true },
    ],
    rows.map((row) => [
      row.id.slice(0, SHORT_ID),
      localTime(startOf(row.minute), zoneOfJob(row.job)),
      row.job.name,
      row.host,
      row.kind,
      describeDuration(row.durationMs),
      row.exitCode,
      noteOf(row),
    ]),
  )
}

async function barsOf(reading: HistoryReading, job: string): Promise<readonly Rollup[]> {
  const found = await reading.rollups(ACTIONS.map((action) => jobKey({ name: job, action })))
  return [...found.values()]
}

function printBars(output: Output, job: string, rollups: readonly Rollup[]): void {
  for (const { bar, p50Ms, p95Ms } of rollups) {
    const succeeded = [...bar].filter((mark) => mark === MARKS.succeeded).length
    const usual =
      p50Ms === null ? '' : `; usually ${describeDuration(p50Ms)}, 95 of 100 within ${describeDuration(p95Ms)}`
    output.line(`${bar}  ${job}: ${succeeded} of the last ${bar.length} succeeded${usual}`)
  }
}
