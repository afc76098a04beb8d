import { isUtc } from './utc.ts'

/** More than there are names; only odd spellings could reach it. */
const MOST_ASKED = 2048

let listed: ReadonlySet<string> | null = null
/** Names that the list lacks: other spellings, former names, and what is none. */
const asked = new Map<string, boolean>()

/** Whether the runtime knows a time zone of that name, in any case; offsets such as +02:00 are none. */
export function isTimezone(name: string): boolean {
  if (isUtc(name)) return true
  listed ??= new Set(Intl.supportedValuesOf('timeZone'))
  if (listed.has(name)) return true
  const known = asked.get(name)
  if (known !== undefined) return known
  const isKnown = /^[A-Za-z]/.test(name) && hasFormat(name)
  if (asked.size >= MOST_ASKED) asked.clear()
  asked.set(name, isKnown)
  return isKnown
}

/** The first format takes 9 MB, and longer to make than all else at the start of a command. */
function hasFormat(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false // That is how Intl says no.
  }
}
