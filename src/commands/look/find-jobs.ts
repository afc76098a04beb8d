import { ACTIONS } from '../../domain/action.ts'
import { ExitError } from '../../domain/errors.ts'
import type { Rollup } from '../../domain/history/recent.ts'
import { type Job, jobKey } from '../../domain/job.ts'
import type { Minute } from '../../domain/minute.ts'
import { nearestNames } from '../../domain/references/nearest-names.ts'
import type { HistoryReading } from '../../store/history/history-store.ts'
import type { Output } from '../cli/output.ts'
import { cron } from '../definitions/cron.ts'
import { findCrons } from '../definitions/find-entry.ts'
import { type CronFacts, loadCronFacts } from '../definitions/list/cron-facts.ts'
import { visibleOf } from '../definitions/print-rows.ts'
import type { OpenStore } from '../shared/open-store.ts'
import type { JobPage, PageRow } from './job-page.ts'

const NOT_FOUND = 4
const CHANGES = 5
/** Of more rows than that, the changes of the others are left to `rcron audit`. */
const MOST_ROWS = 100

type Finding = { readonly opened: OpenStore; readonly output: Output; readonly now: Minute }

/** The pages of all that `word` means: a job, all rows of it; one row, by its id or NAME@HOST; or what is left of a job that was removed. */
export async function findJobPages(word: string, finding: Finding): Promise<readonly JobPage[]> {
  const { store, settings } = finding.opened
  const entries = await findCrons(store.editor, word)
  const history = await store.history()
  if (entries.length === 0) return await removedPages(word, history, finding)
  const { timezone } = settings.config
  const facts = await loadCronFacts(store.editor, entries, { timezone, now: finding.now })
  const fields = await visibleOf(cron, entries, { editor: store.editor, output: finding.output })
  const isWhole = facts.every(({ name }) => name === word)
  const ofRows = await history.rollups(facts.map(({ id }) => `cron ${id}`))
  const rows = facts.map((fact, at) => ({ fact, row: rowOf(fact, fields[at] ?? {}, ofRows.get(`cron ${fact.id}`)) }))
  const pages: JobPage[] = []
  for (const members of Map.groupBy(rows, ({ fact }) => jobKey(jobOf(fact))).values()) {
    const [first] = members
    if (first === undefined) continue
    const job = jobOf(first.fact)
    const own = (await history.rollups([jobKey(job)])).get(jobKey(job)) ?? null
    const ids = members.slice(0, MOST_ROWS).map(({ fact }) => fact.id)
    pages.push({
      job,
      rows: members.map(({ row }) => row),
      rollup: isWhole ? own : first.row.rollup,
      zone: first.fact.cron?.timezone ?? timezone,
      changes: await store.readAudit({ since: null, crons: ids, most: CHANGES }),
    })
  }
  return pages
}

function rowOf({ id, cron: usable, isEnabled, next }: CronFacts, fields: PageRow['fields'], rollup?: Rollup): PageRow {
  return { id, cron: usable, isEnabled, next, fields, rollup: rollup ?? null }
}

/** A row that cannot be used is one of the job that its name and its action would make it one of. */
function jobOf({ name, row }: CronFacts): Job {
  return { name, action: ACTIONS[row?.action ?? 0] ?? 'failover' }
}

async function removedPages(
  word: string,
  history: HistoryReading,
  { opened: { store, settings } }: Finding,
): Promise<readonly JobPage[]> {
  const jobs = ACTIONS.map((action): Job => ({ name: word, action }))
  const rollups = await history.rollups(jobs.map(jobKey))
  const pages = jobs.flatMap((job): readonly JobPage[] => {
    const rollup = rollups.get(jobKey(job))
    return rollup === undefined ? [] : [{ job, rows: [], rollup, zone: settings.config.timezone, changes: [] }]
  })
  if (pages.length > 0) return pages
  throw noSuchJob(word, (await store.editor.names()).crons)
}

function noSuchJob(word: string, names: readonly string[]): ExitError {
  const near = nearestNames(word, names)
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : '"rcron cron list" shows the jobs.'
  return new ExitError(NOT_FOUND, `there is no job ${JSON.stringify(word)}`, hint)
}
