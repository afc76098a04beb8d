import { firingsIn } from '../../definitions/firings.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import type { Cron } from '../../domain/cron.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import type { Firing } from '../../domain/job.ts'
import { describeMinute, type Minute } from '../../domain/minute.ts'
import { aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'

/**
 * What is fired by hand in `minute`: the crons that are due then; where there are words, those of them that a word means. Throws an
 * InvalidInputError that names every word of which nothing would run, and why.
 */
export function firingsByHand(snapshot: Snapshot, minute: Minute, words: readonly string[]): readonly Firing[] {
  const due = firingsIn(snapshot, minute)
  if (words.length === 0) return due
  const dueIds = new Set(due.flatMap(({ crons }) => crons.map(({ id }) => id)))
  const problems = words.flatMap((word) => whyNothing(word, cronsByReference(snapshot.crons, word), { dueIds, minute }))
  if (problems.length > 0) throw new InvalidInputError(problems)
  const wanted = idsByReference(snapshot, words)
  return due
    .map((firing) => ({ ...firing, crons: firing.crons.filter(({ id }) => wanted.has(id)) }))
    .filter(({ crons }) => crons.length > 0)
}

/** The ids of all that `words` mean. */
export function idsByReference({ crons }: Snapshot, words: readonly string[]): ReadonlySet<number> {
  return new Set(words.flatMap((word) => cronsByReference(crons, word).map(({ id }) => id)))
}

/** Throws an InvalidInputError that names each of `words` which means no cron that can be used. */
export function refuseUnknown({ crons }: Snapshot, words: readonly string[]): void {
  const unknown = words.filter((word) => cronsByReference(crons, word).length === 0)
  if (unknown.length > 0) throw new InvalidInputError(unknown.map(unusable), 4)
}

type Time = { readonly dueIds: ReadonlySet<number>; readonly minute: Minute }

function whyNothing(word: string, called: readonly Cron[], { dueIds, minute }: Time): readonly Problem[] {
  if (called.length === 0) return [unusable(word)]
  if (called.some(({ id }) => dueIds.has(id))) return []
  const about = aboutWord(word, 'cron')
  if (called.every(({ enabled }) => !enabled)) {
    return [errorAbout(about, 'is disabled', '"rcron cron enable" enables it')]
  }
  const hint = '"rcron next NAME" prints its times; --at takes one of them'
  return [errorAbout(about, `is not due at ${describeMinute(minute)}`, hint)]
}

function unusable(word: string): Problem {
  return errorAbout(
    aboutWord(word, 'cron'),
    'there is no such cron that can be used',
    '"rcron cron list" shows the crons, "rcron check" why one cannot run',
  )
}
