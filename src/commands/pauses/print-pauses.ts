import type { DescribedPause } from '../../control/schemas.ts'
import { type Output, styled } from '../cli/output.ts'
import type { TableColumn } from '../cli/table.ts'
import { shortTime } from '../live/show-times.ts'
import type { ChangedPauses } from './change-pauses.ts'

/** Columns of a list of pauses. */
export const PAUSE_COLUMNS: readonly TableColumn[] = [
  { heading: 'pause', leaves: 2 },
  { heading: 'of' },
  { heading: 'state' },
  { heading: 'rows', leaves: 1 },
  { heading: 'by', leaves: 3 },
  { heading: 'reason', isLong: true },
]

const ID_LETTERS = 8

/** The cells of one, beside the time `generated`. */
export function pauseCells(generated: string): (pause: DescribedPause) => readonly unknown[] {
  const now = Date.parse(generated)
  return (pause) => [
    pause.id.slice(0, ID_LETTERS),
    pause.of,
    describeState(pause, now),
    pause.crons,
    pause.by,
    pause.reason,
  ]
}

/** One line for those who look at something else: `dump until 18:00:00+01:00 (anna): its disk is full`. */
export function pauseLine(pause: DescribedPause, generated: string): string {
  const of = pause.of === '--all' ? 'everything' : pause.of
  return `${of} ${describeState(pause, Date.parse(generated))} (${pause.by}): ${pause.reason}`
}

/** What is paused, beneath a list of something else; nothing where nothing is. */
export function notePauses(output: Output, pauses: readonly DescribedPause[], generated: string): void {
  for (const pause of pauses) output.note(styled('yellow', 'paused:'), ` ${pauseLine(pause, generated)}`)
}

export function printPaused(output: Output, { items, when }: ChangedPauses): void {
  for (const pause of items) {
    output.line(`paused ${pause.of} ${describeState(pause, Date.parse(pause.since))}: ${rowsOf(pause)}`)
  }
  output.note(`${when} What runs already goes on. "rcron resume ${items.map(({ of }) => of).join(' ')}" ends it.`)
}

function rowsOf({ crons }: DescribedPause): string {
  return crons === 1 ? '1 cron is not started' : `${crons} crons are not started`
}

function describeState({ since, until, schedule, minutes, timezone, isInForce }: DescribedPause, now: number): string {
  const end = until === null ? null : `until ${shortTime(until, now)}`
  if (schedule !== null) {
    const window = `in the window "${schedule}" (${timezone}), ${minutes} min`
    return [window, isInForce ? 'open now' : 'shut now', ...(end === null ? [] : [end])].join(', ')
  }
  const begins = Date.parse(since) > now ? `from ${shortTime(since, now)} ` : ''
  return begins + (end ?? 'until resumed')
}
