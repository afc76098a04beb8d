/** `2026-11-28T15:02:11+01:00` beside a time of the same day: `15:02:11+01:00`. */
export function shortTime(instant: string, nowMs: number): string {
  const [, date, time, offset = 'Z'] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(.*)$/.exec(instant) ?? []
  if (date === undefined || time === undefined) return instant
  return dateAt(nowMs, offset) === date ? `${time}${offset}` : `${date}T${time.slice(0, 5)}${offset}`
}

function dateAt(ms: number, offset: string): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)$/.exec(offset) ?? []
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return new Date(ms + offsetMs).toISOString().slice(0, 10)
}

/** `12 s`, `41 m 07 s`, `3 h 05 m`, `2 d 04 h`. */
export function describeSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)]
  if (minutes === 0) return `${seconds} s`
  if (hours === 0) return `${minutes} m ${twoDigits(seconds % 60)} s`
  if (days === 0) return `${hours} h ${twoDigits(minutes % 60)} m`
  return `${days} d ${twoDigits(hours % 24)} h`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
