import { MS_PER_MINUTE } from '../domain/minute.ts'

/** Local time minus UTC, in whole minutes, at a minute since the epoch. */
export type OffsetReader = (minute: number) => number

/** The offsets that the runtime's time zone data has for an IANA name. Throws a RangeError for an unknown name. */
export function createOffsetReader(timezone: string): OffsetReader {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  return (minute) => offsetOf(format.format(minute * MS_PER_MINUTE))
}

/** `1/31/2020, GMT-03:30` → -210. Seconds (before 1973) are dropped. */
function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(text) ?? []
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0)
  return sign === '-' ? -size : size
}
