import { waitingRunsOf } from '../../app/waiting-runs.ts'
import { ExitError, OperatorError } from '../../domain/errors.ts'
import { lastRunAmong } from '../../domain/history/last-run.ts'
import { mergeRuns, type RunRow } from '../../domain/history/run-row.ts'
import { nearestNames } from '../../domain/references/nearest-names.ts'
import type { HistoryReading } from '../../store/history/history-store.ts'
import { StoreError } from '../../store/sql/store-error.ts'
import { loadJudged, type OpenStore } from '../shared/open-store.ts'

/** Which of a job's runs; the last one where these are null. */
export type WhichRun = { readonly host: string | null; readonly attempt: number | null }

/** A run, and what could not be asked for a later one. */
export type FoundRun = { readonly run: RunRow; readonly unasked: readonly OperatorError[] }

const NOT_FOUND = 4
/** Fewer letters of an id name no run. */
const SHORTEST_PREFIX = 4

/**
 * The run that `word` means, in the store or in what waits for it: the last one of a row, of a job, of a job on a host, or the one whose id
 * begins so. Rejects with an ExitError where there is none, or several ids begin so, and with what could not be asked where the others have none.
 */
export async function findRun(opened: OpenStore, word: string, which: WhichRun): Promise<FoundRun> {
  using waiting = waitingRunsOf(opened.settings.config)
  const unasked = new Set<OperatorError>()
  for (const meaning of meaningsOf(word, which)) {
    // The journal first: what goes from there to the store meanwhile is found in the store.
    const waits = await orNote(unasked, async () => waiting.find(meaning))
    const isAway = [...unasked].some((error) => error instanceof StoreError)
    const stored = isAway ? [] : await orNote(unasked, () => inStore(opened, meaning))
    const run = theOne(word, meaning, [...waits, ...stored])
    if (run !== null) return { run, unasked: [...unasked] }
  }
  const [first] = unasked
  throw first ?? (await unknown(opened, word, which))
}

async function orNote(unasked: Set<OperatorError>, ask: () => Promise<readonly RunRow[]>): Promise<readonly RunRow[]> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    unasked.add(error)
    return []
  }
}

type Meaning = { readonly begins: string } | ({ readonly of: RowOrJob } & WhichRun)
type RowOrJob = { readonly cron: number } | { readonly job: string }

/** In the order in which all commands take a word. */
function* meaningsOf(word: string, which: WhichRun): Generator<Meaning> {
  if (/^\d{1,15}$/.test(word)) yield { of: { cron: Number(word) }, ...which }
  yield { of: { job: word }, ...which }
  const at = word.lastIndexOf('@')
  if (at > 0) yield { of: { job: word.slice(0, at) }, ...which, host: word.slice(at + 1).replace(/:\d+$/, '') }
  if (word.length >= SHORTEST_PREFIX && /^[0-9a-f]+$/.test(word)) yield { begins: word }
}

async function inStore({ store }: OpenStore, meaning: Meaning): Promise<readonly RunRow[]> {
  const reading: HistoryReading = await store.history()
  if ('begins' in meaning) return await reading.runsBeginning(meaning.begins)
  const { of, ...which } = meaning
  const last = await reading.lastRun({ ...of, ...which })
  return last === null ? [] : [last]
}

/** What waits for the store may be there already. */
function theOne(word: string, meaning: Meaning, found: readonly RunRow[]): RunRow | null {
  const byId = new Map<string, RunRow>()
  for (const run of found) {
    const other = byId.get(run.id)
    byId.set(run.id, other === undefined ? run : mergeRuns(run, other))
  }
  const runs = [...byId.values()]
  if ('of' in meaning || runs.length < 2) return lastRunAmong(runs)
  const ids = runs.map(({ id }) => id).join(', ')
  throw new ExitError(2, `${word}: several runs have ids that begin so: ${ids}`, 'Give more of it.')
}

async function unknown(opened: OpenStore, word: string, { host, attempt }: WhichRun): Promise<ExitError> {
  const { snapshot } = await loadJudged(opened)
  const names = new Set(snapshot.crons.map(({ name }) => name))
  const [job] = word.split('@')
  if (names.has(word) || names.has(job ?? '') || snapshot.crons.some(({ id }) => String(id) === word)) {
    const where = `${host === null ? '' : ` on ${host}`}${attempt === null ? '' : ` with attempt ${attempt}`}`
    return new ExitError(
      NOT_FOUND,
      `${word}: history has no run of it${where}`,
      `"rcron ps ${word}" shows what is active.`,
    )
  }
  const near = nearestNames(word, names)
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : '"rcron history" shows what has run, "rcron ps" what is active.'
  return new ExitError(NOT_FOUND, `${word}: there is no such job, and no run in the history whose id begins so`, hint)
}
