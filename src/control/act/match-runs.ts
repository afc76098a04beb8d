import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import type { Cron } from '../../domain/cron.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import { jobOfKey } from '../../domain/job.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'
import { nearestNames } from '../../domain/references/nearest-names.ts'
import { ControlFault } from '../faults.ts'
import type { EndedRuns } from './ended-runs.ts'

/** Among what a word is looked for. */
export type Matching = {
  readonly active: Iterable<ActiveRun>
  readonly crons: readonly Cron[]
  readonly ended: EndedRuns
}

/** Fewer letters of an id name no run. */
const SHORTEST_PREFIX = 4

/**
 * The active runs that `word` means: those of a job, by its name, whether it has rows still or not; of one row, by its id or NAME@HOST; or the
 * one whose id begins so. Throws a ControlFault where there is none, or several ids begin so.
 */
export function matchRuns(word: string, { active, crons, ended }: Matching): readonly ActiveRun[] {
  const all = [...active]
  const called = all.filter((run) => isCalled(run, word))
  if (called.length > 0) return called
  const known = cronsByReference(crons, word)
  const prefixed = isPrefix(word) && known.length === 0 ? all.filter(({ id }) => id.startsWith(word)) : []
  if (prefixed.length > 1) throw ambiguous(word, prefixed)
  if (prefixed.length === 1) return prefixed
  throw known.length > 0 ? notActive(word) : unknown(word, { active: all, crons, ended })
}

function isPrefix(word: string): boolean {
  return word.length >= SHORTEST_PREFIX && /^[0-9a-f]+$/.test(word)
}

function isCalled({ job, present, crons }: ActiveRun, word: string): boolean {
  const { name } = jobOfKey(job)
  if (name === word) return true
  if (/^\d+$/.test(word)) return present === null ? crons.includes(Number(word)) : String(present.cron) === word
  const at = word.lastIndexOf('@')
  if (at <= 0 || present === null || name !== word.slice(0, at)) return false
  return [present.host, describeHostPort(present.host, present.port), present.system].includes(word.slice(at + 1))
}

function ambiguous(word: string, runs: readonly ActiveRun[]): ControlFault {
  const ids = runs.map(({ id }) => id).join(', ')
  return new ControlFault(
    'AMBIGUOUS',
    `${word}: ${runs.length} runs have ids that begin so: ${ids}`,
    'Give more of it.',
  )
}

function notActive(word: string): ControlFault {
  return new ControlFault('NOT_ACTIVE', `${word}: no run of it is active`, '"rcron ps" shows what is.')
}

function unknown(word: string, { active, crons, ended }: Matching & { readonly active: readonly ActiveRun[] }) {
  const [over, ...more] = isPrefix(word) ? ended.beginningWith(word) : []
  if (over !== undefined && more.length === 0) {
    return new ControlFault('NOT_FOUND', `run ${over} is over: ${ended.describe(over)}`)
  }
  const names = [...crons.map(({ name }) => name), ...active.map(({ job }) => jobOfKey(job).name)]
  return new ControlFault(
    'NOT_FOUND',
    `${word}: there is no such job, and no active run whose id begins so`,
    hintOf(word, names),
  )
}

/** What a word that means nothing may have been meant for. */
export function hintOf(word: string, names: Iterable<string>): string {
  const near = nearestNames(word, names)
  return near.length > 0
    ? `Did you mean ${near.join(' or ')}?`
    : '"rcron cron list" shows the jobs, "rcron ps" the active runs.'
}
