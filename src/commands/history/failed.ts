import type { FiringRow } from '../../domain/history/firing-row.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { HistoryReading, TroubleQuery } from '../../store/history/history-store.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { type JobTimes, loadJobTimes } from '../shared/job-times.ts'
import { withStore } from '../shared/open-store.ts'
import { pastTimeOf } from '../shared/past-time.ts'
import { severalOf } from '../shared/several-of.ts'
import { localTime, noteOf, printedFiring } from './describe-firing.ts'
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
    const at = { now: Date.now(), zone: zoneOf(timezone) }
    const since = pastTimeOf('--since', options.since ?? DEFAULT_SINCE, at)
    const rows = await troubleSince(await store.history(), since)
    const folds = foldTrouble(rows)
    const output = new Output(context)
    const isCut = rows.length >= MOST
    if (options.json === true) output.json(printed(since, folds, isCut))
    else {
      const { zoneOfJob } = await loadJobTimes(opened)
      print(output, folds, { since: localTime(since, timezone), zoneOfJob, isCut })
    }
    return 0
  })
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
