/**
 * The rules of clock changes, read as slowly and plainly as can be: every value by trial, every local time by asking the runtime.
 */
export function naiveIsDue(expression: string, timezone: string, minute: number): boolean {
  const fields = expression.split(' ')
  const wildcard = (fields[0] ?? '').startsWith('*') || (fields[1] ?? '').startsWith('*')
  const own = localOf(timezone, minute)
  if (wildcard) return matches(fields, own)
  const step = own - localOf(timezone, minute - 1)
  if (step > 1 && step - 1 <= 180) {
    return Array.from({ length: step }, (_, back) => own - back).some((local) => matches(fields, local))
  }
  return matches(fields, own) && !isRepeated(timezone, minute, own)
}

/** Whether the clock showed `own` before, and went back since by at most three hours. */
function isRepeated(timezone: string, minute: number, own: number): boolean {
  for (let back = 1; back <= 180; back += 1) {
    const shift = localOf(timezone, minute - back + 1) - localOf(timezone, minute - back) - 1
    if (shift < 0) return shift >= -180 && localOf(timezone, minute - back) >= own
  }
  return false
}

const clocks = new Map<string, Intl.DateTimeFormat>()
const known = new Map<string, number>()

function localOf(timezone: string, minute: number): number {
  const key = `${timezone} ${minute}`
  const local = known.get(key) ?? readClock(timezone, minute)
  known.set(key, local)
  return local
}

function readClock(timezone: string, minute: number): number {
  const format =
    clocks.get(timezone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
  clocks.set(timezone, format)
  return Date.parse(`${format.format(minute * 60_000).replace(' ', 'T')}Z`) / 60_000
}

function matches(fields: readonly string[], local: number): boolean {
  const [minute = '', hour = '', dom = '', month = '', dow = ''] = fields
  const date = new Date(local * 60_000)
  const weekday = date.getUTCDay()
  const byMonth = has(dom, date.getUTCDate(), 1)
  const byWeek = has(dow, weekday, 0) || (weekday === 0 && has(dow, 7, 0))
  const onDay = dom.startsWith('*') || dow.startsWith('*') ? byMonth && byWeek : byMonth || byWeek
  return (
    onDay &&
    has(minute, date.getUTCMinutes(), 0) &&
    has(hour, date.getUTCHours(), 0) &&
    has(month, date.getUTCMonth() + 1, 1)
  )
}

function has(field: string, value: number, min: number): boolean {
  return field.split(',').some((item) => {
    const [range = '', step = '1'] = item.split('/')
    const [first = '', last = first] = range === '*' ? [String(min), '99'] : range.split('-')
    return value >= Number(first) && value <= Number(last) && (value - Number(first)) % Number(step) === 0
  })
}
