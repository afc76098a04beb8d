import type { StoredCron } from '../stored-crons.ts'
import type { ToldOutcome } from '../tale.ts'
import { type Evidence, isLast, lifeOfTeller, SLACK_MS, type Violation } from './evidence.ts'

/** What was told so long before the end of its daemon is in the store. */
const WRITING_MS = 5000

/** A cron's row says what was told last of it. */
export function judgeStore(evidence: Evidence): readonly Violation[] {
  const recorded = Map.groupBy(
    evidence.tale.outcomes.filter(({ isRecorded }) => isRecorded),
    ({ cron }) => cron,
  )
  return evidence.rows.flatMap((row) => {
    const [told = null, ...others] = latestOf(recorded.get(row.cron) ?? [])
    const wrongs = judgeRow(evidence, row, told)
    // Two processes that tell of one cron at the same time write in an order of their own.
    const fitsAnother = others.some((other) => judgeRow(evidence, row, other).length === 0)
    return (fitsAnother ? [] : wrongs).map((text) => ({
      rule: 'stored',
      run: told?.run ?? null,
      text: `stored: cron ${row.cron} ${text}`,
    }))
  })
}

/** What was told last, and before it what other processes told at nearly the same time. */
function latestOf(outcomes: readonly ToldOutcome[]): readonly ToldOutcome[] {
  const last = outcomes.at(-1)
  if (last === undefined) return []
  return [last, ...outcomes.filter(({ teller, at }) => teller !== last.teller && at >= last.at - WRITING_MS)]
}

function judgeRow(evidence: Evidence, row: StoredCron, told: ToldOutcome | null): readonly string[] {
  const { lastRun, errors } = row
  if (told === null) {
    return lastRun === null && errors === null ? [] : ['has a last run, and no outcome of it was told']
  }
  if (!isWritten(evidence, told)) return []
  if (lastRun === null) return [`has no last run, and was told as ${told.outcome}`]
  const beganAt = evidence.beganAt(told.minute)
  return [
    ...(isFor(told, errors) ? [] : [`says ${JSON.stringify(errors)}, and was told as ${told.outcome} last`]),
    ...(lastRun < beganAt - SLACK_MS
      ? [`says that it began ${Math.round(beganAt - lastRun)} ms before its minute`]
      : []),
    ...(lastRun > told.at + SLACK_MS ? [`says that it began ${Math.round(lastRun - told.at)} ms after its end`] : []),
  ]
}

/** The last daemon waits for its records; any other may die with what it has just told. */
function isWritten(evidence: Evidence, { teller, at }: ToldOutcome): boolean {
  const until = lifeOfTeller(evidence, teller)?.until ?? null
  return isLast(evidence, teller) || (until !== null && until >= at + WRITING_MS)
}

function isFor(told: ToldOutcome, errors: string | null): boolean {
  return told.outcome === 'succeeded' ? errors === null : errors?.startsWith(beginningFor(told)) === true
}

function beginningFor({ outcome, exitCode, signal, by }: ToldOutcome): string {
  switch (outcome) {
    case 'failed':
      return `failed with exit code ${exitCode}`
    case 'signaled':
      return `ended by signal ${signal}`
    case 'timed-out':
      return 'timed out after '
    case 'killed':
      return `killed by ${by}`
    default:
      return `${outcome}: `
  }
}
