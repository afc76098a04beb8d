import type { Cron } from '../../../domain/cron.ts'
import { addMinutes, minuteOf, startOf } from '../../../domain/minute.ts'
import { describePaused, type PauseRow } from '../../../domain/pauses/pause-row.ts'
import { isSystemCalled } from '../../../domain/references/called.ts'
import { formatInstant } from '../../../schedule/local-time.ts'
import { nextMinutes } from '../../../schedule/next-minutes.ts'
import type { Schedule } from '../../../schedule/schedule.ts'
import { zoneOf } from '../../../schedule/timezone.ts'
import type { Zone } from '../../../schedule/zone.ts'

/** When a pause with a schedule is open. */
export type PauseWindow = { readonly schedule: Schedule; readonly minutes: number; readonly zone: Zone }

/** A row that can be used. `window`: null if it is in force from beginning to end. */
export type Pause = { readonly row: PauseRow; readonly window: PauseWindow | null }

/** A pause that keeps a cron from being started at some time, and when that ends: null if only by somebody's hand. */
export type PauseInForce = { readonly pause: Pause; readonly until: number | null }

/** What of a cron a pause may name. */
export type PausedCron = Pick<Cron, 'id' | 'name' | 'tags'> & {
  readonly system: Pick<Cron['system'], 'id' | 'name' | 'host' | 'port'>
}

/**
 * What keeps `cron` from being started at the time `at` (epoch milliseconds); null if nothing does. Of several that which lasts longest. Windows are
 * evaluated for the time that is asked about, however many there have been.
 */
export function pauseOf(pauses: readonly Pause[], cron: PausedCron, at: number): PauseInForce | null {
  let longest: PauseInForce | null = null
  for (const pause of pauses) {
    if (!names(pause.row, cron)) continue
    const found = inForceAt(pause, at)
    if (found !== null && (longest === null || endsLater(found, longest))) longest = found
  }
  return longest
}

/** Whether a pause is in force at the time `at`, and until when; whatever it names. */
export function inForceAt(pause: Pause, at: number): PauseInForce | null {
  const { since, until } = pause.row
  if (at < since || (until !== null && at >= until)) return null
  if (pause.window === null) return { pause, until }
  const closes = closesAfter(pause.window, at)
  if (closes === null) return null
  return { pause, until: until === null ? closes : Math.min(until, closes) }
}

/** Whether it may be in force now or later. */
export function isOver({ row: { until } }: Pick<Pause, 'row'>, now: number): boolean {
  return until !== null && until <= now
}

/** Whether what the row names is, or has, that cron. */
export function names({ kind, subject }: PauseRow, { id, name, tags, system }: PausedCron): boolean {
  switch (kind) {
    case 'all':
      return true
    case 'job':
      return name === subject
    case 'cron':
      return String(id) === subject
    case 'system':
      return isSystemCalled(system, subject)
    case 'tag':
      return tags.includes(subject)
    default:
      return false
  }
}

/** Why `cron` is not started at the time `at`, with times in its zone; null where nothing keeps it from that. */
export function pausedReason(pauses: readonly Pause[], cron: Cron, at: number): string | null {
  const found = pauseOf(pauses, cron, at)
  return found === null ? null : describePause(found, zoneOf(cron.timezone))
}

/** `system:db1 is paused until 2026-11-28T18:00:00+01:00 by anna: its disks are changed`. */
export function describePause({ pause: { row }, until }: PauseInForce, zone: Zone): string {
  const end = until === null ? 'until somebody resumes it' : `until ${formatInstant(until, zone)}`
  const subject = row.kind === 'all' ? 'everything' : row.kind === 'cron' ? `cron ${row.subject}` : describePaused(row)
  return `${subject} is paused ${end} by ${row.actor}: ${row.reason}`
}

/** When the window closes that is open at `at`; null if none is. */
function closesAfter({ schedule, minutes, zone }: PauseWindow, at: number): number | null {
  const minute = minuteOf(at)
  const [opened] = nextMinutes(schedule, zone, addMinutes(minute, -minutes), 1)
  return opened === undefined || opened > minute ? null : startOf(addMinutes(opened, minutes))
}

function endsLater({ until: one }: PauseInForce, { until: other }: PauseInForce): boolean {
  return other !== null && (one === null || one > other)
}
