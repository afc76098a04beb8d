import { type Minute, minuteOf } from '../../../domain/minute.ts'
import type { Entry, StoredCron } from '../../../store/definitions/definition-editor.ts'
import type { ExitCode } from '../../cli/context.ts'
import type { Output } from '../../cli/output.ts'
import { foldedNames } from '../../shared/folded-names.ts'
import { cron, visibleInJobs } from '../cron.ts'
import type { Options } from '../noun.ts'
import { envelopeOf, printTable, visibleOf } from '../print-rows.ts'
import { tellNothingListed, type VerbParts } from '../verbs.ts'
import { type EndsOfJobs, filteredOf, loadCronFacts, STATES } from './cron-facts.ts'
import { hostOf, JOB_COLUMNS, jobLines, type ListedCron } from './job-lines.ts'
import { filterOf } from './list-filters.ts'

type ListParts = Pick<VerbParts, 'output' | 'editor'> & {
  readonly settings: Pick<VerbParts['settings'], 'timezone'>
  readonly now?: Minute
  /** How the last firings of jobs ended. Absent: the rows say how their runs did. */
  readonly endsOf?: EndsOfJobs
}

/** Lists the jobs of the crons that `words` ask for; with `--rows` and `--json` these crons themselves. */
export async function listCrons(words: readonly string[], options: Options, parts: ListParts): Promise<ExitCode> {
  const { output, editor, settings, now = minuteOf(Date.now()), endsOf } = parts
  const filter = filterOf(words, STATES)
  const entries = await editor.crons.list()
  const isOfRows = options['json'] === true || options['rows'] === true
  const fields = await visibleOf(isOfRows ? cron : { ...cron, visible: visibleInJobs }, entries, parts)
  const facts = await loadCronFacts(editor, entries, { timezone: settings.timezone, now, ...(endsOf && { endsOf }) })
  const all = facts.map((it, at): ListedCron => ({ facts: it, fields: fields[at] ?? {} }))
  const listed = all.filter((it) => filter(filteredOf(it.facts, placeOf(it))))
  const shown = listed.map(({ fields: shown, facts: { paused } }) => (paused === null ? shown : { ...shown, paused }))
  if (options['json'] === true) output.json(envelopeOf('cron', shown))
  else if (listed.length === 0) tellNothingListed('cron', entries, parts)
  else if (options['rows'] === true) printTable(cron, shown, output)
  else printJobs(listed, now, output)
  if (options['json'] !== true) {
    tellPaused(listed, output)
    tellUnusable(listed, entries, output)
  }
  return 0
}

function placeOf({ fields }: ListedCron) {
  const textOrNull = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null)
  const tags = [fields['tags'], fields['host_tags']].flatMap((words) => (Array.isArray(words) ? words.map(String) : []))
  return {
    host: textOrNull('host') ?? '',
    hostName: textOrNull('host_name'),
    user: textOrNull('user') ?? '',
    userName: textOrNull('user_name'),
    tags,
  }
}

/** Beneath the jobs stands each error in full, once, with the crons that ended with it. */
function printJobs(listed: readonly ListedCron[], now: Minute, output: Output): void {
  output.table(JOB_COLUMNS, jobLines(listed, now))
  const failed = listed.filter(
    ({ facts }) => facts.isEnabled && facts.lastEnd !== 'succeeded' && (facts.row?.errors ?? '') !== '',
  )
  const byText = Map.groupBy(failed, ({ facts }) => String(facts.row?.errors))
  if (byText.size > 0) output.line()
  for (const [text, crons] of byText) output.line(`${foldedNames(crons.map(nameOf))}: ${text}`)
}

/** As the command line takes it. */
function nameOf(listed: ListedCron): string {
  return `${listed.facts.name}@${hostOf(listed)}`
}

/** Each reason once. */
function tellPaused(listed: readonly ListedCron[], output: Output): void {
  for (const reason of new Set(listed.flatMap(({ facts }) => facts.paused ?? []))) output.note(`Paused: ${reason}`)
}

function tellUnusable(listed: readonly ListedCron[], entries: readonly Entry<StoredCron>[], output: Output): void {
  const ids = new Set(listed.map(({ facts }) => facts.id))
  for (const { id, problem } of entries) if (problem !== null && ids.has(id)) output.problem(problem)
  const unusable = listed.filter(({ facts }) => facts.cron === null && facts.row !== null)
  if (unusable.length === 0) return
  const named = foldedNames(unusable.map(({ facts }) => `cron ${facts.id} (${facts.name})`))
  output.note(`Not usable: ${named}. "rcron check" says why.`)
}
