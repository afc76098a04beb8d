import type { ScheduleFields } from './field.ts'
import { type ParsedSchedule, parseSchedule } from './parse-schedule.ts'

/** A `parseSchedule` that reads equal fields once: most crons share their schedule with others. */
export function createScheduleMemo(): (fields: ScheduleFields) => ParsedSchedule {
  const known = new Map<string, ParsedSchedule>()
  return (fields) => {
    const { cron_min, cron_hour, cron_dom, cron_mon, cron_dow } = fields
    const key = JSON.stringify([cron_min, cron_hour, cron_dom, cron_mon, cron_dow])
    const found = known.get(key)
    if (found !== undefined) return found
    const parsed = parseSchedule(fields)
    known.set(key, parsed)
    return parsed
  }
}
