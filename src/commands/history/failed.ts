import type { FiringRow } from '../../domain/history/firing-row.ts'
import { codeOf } from '../../platform/error-code.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { HistoryReading, TroubleQuery } from '../../store/history/history-store.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { type JobTimes, loadJobTimes } from '../shared/job-times.ts'
import { withStore } from '../shared/open-store.ts'
import { pastTimeOf } from '../shared/past-time.ts'
import { severalOf } from '../shared/several-of.ts'
import { localTime, noteOf, printedFiring } from './describe-firing.ts'
import { LAST_VISIT, lastVisitOf, noteVisit, type Visitor } from './last-visit.ts'
import { type Fold, foldTrouble } from './plan-folds.ts'

/** Options of `rcron failed`. */
export type FailedOptions = { readonly since?: string; readonly json?: boolean }

const DEFAULT_SINCE = '12h'
const PAGE = 500
/** What more there is, is said to be there. */
const MOST = 5000

/** Lists what wants to be looked at since a time: failed, missed, skipped and lost firings, those that are alike on one line. */
export async function failed(context: CommandContext, options: FailedOptions): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async (opened) => {
    const { settings, store } = opened
    const { timezone } = settings.config
    const now = Date.now()
    const visitor = { stateDirectory: settings.config.stateDirectory, environment: settings.environment }
    const isVisit = options.since === LAST_VISIT
    const said = isVisit ? lastVisitOf(visitor) : null
    const since = said ?? pastTimeOf('--since', sinceIn(options), { now, zone: zoneOf(timezone) })
    const rows = await troubleSince(await store.history(), since)
    const folds = foldTrouble(rows)
    const output = new Output(context)
    const isCut = rows.length >= MOST
    if (options.json === true) output.json(printed(since, folds, isCut))
    else {
      const { zoneOfJob } = await loadJobTimes(opened)
      print(output, folds, { since: localTime(since, timezone), zoneOfJob, isCut })
    }
    if (isVisit) keepVisit(visitor, now, { output, isFirst: said === null })
    return 0
  })
}

/** Who has never looked is shown what is shown without a time. */
function sinceIn({ since }: FailedOptions): string {
  return since === undefined || since === LAST_VISIT ? DEFAULT_SINCE : since
}

/** What ended while it was read comes with the next visit, a second time rather than never. */
function keepVisit(
  visitor: Visitor,
  now: number,
  { output, isFirst }: { readonly output: Output; readonly isFirst: boolean },
): void {
  if (isFirst) output.note(`This is your first visit: the last ${DEFAULT_SINCE} are shown. The next one begins here.`)
  try {
    noteVisit(visitor, now)
  } catch (error) {
    output.note(`This visit is not kept: ${visitor.stateDirectory} takes no file (${codeOf(error)}).`)
  }
}

async function troubleSince(reading: HistoryReading, since: number): Promise<readonly FiringRow[]> {
  const rows: FiringRow[] = []
  let after: TroubleQuery['after'] = null
  while (rows.length < MOST) {
    const page = await reading.trouble({ since, after, most: PAGE })
    rows.push(...page)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = { endedAt: last.endedAt, id: last.id }
  }
  return rows
}

function printed(since: number, folds: readonly Fold[], isCut: boolean) {
  const items = folds.map(({ code, last, jobs, hosts, firings, since: first }) => {
    return { code, jobs, hosts, firings, first_ended: new Date(first).toISOString(), last: printedFiring(last) }
  })
  const generated = new Date().toISOString()
  return { schema: 'rcron.failed.v1', generated, since: new Date(since).toISOString(), complete: !isCut, items }
}

type Frame = Pick<JobTimes, 'zoneOfJob'> & { readonly since: string; readonly isCut: boolean }

function print(output: Output, folds: readonly Fold[], { since, zoneOfJob, isCut }: Frame): void {
  if (folds.length === 0) {
    output.line(`Nothing wants attention since ${since}.`)
    return
  }
  output.table(
    [
      'LAST',
      { heading: 'JOB', isCut: true },
      { heading: 'HOST', leaves: 2 },
      'OUTCOME',
      { heading: 'TIMES', leaves: 1 },
      { heading: 'NOTE', isLong: true },
    ],
    folds.map(({ last, jobs, hosts, firings }) => [
      localTime(last.endedAt, zoneOfJob(last.job)),
      severalOf(jobs),
      severalOf(hosts),
      last.kind,
      firings,
      noteOf({ ...last, count: 1 }),
    ]),
  )
  if (isCut) output.note(`More than ${MOST} firings: only the newest are shown; choose a later --since.`)
}
