import { createZone, type Zone } from './zone.ts'

/** More than there are names; only odd spellings could reach it. */
const MOST_ZONES = 2048

const zones = new Map<string, Zone>()

/** Whether `name` is a time zone by its IANA name (any case, as the runtime takes it). Bare offsets are not. */
export function isTimezone(name: string): boolean {
  return findZone(name) !== null
}

/** The zone of that name; one for all who ask. Throws a RangeError if there is none. */
export function zoneOf(name: string): Zone {
  const zone = findZone(name)
  if (zone === null) throw new RangeError(`unknown time zone ${JSON.stringify(name)}, expected an IANA name`)
  return zone
}

function findZone(name: string): Zone | null {
  const known = zones.get(name)
  if (known !== undefined) return known
  if (!/^[a-z]/i.test(name)) return null
  try {
    const zone = createZone(name)
    if (zones.size >= MOST_ZONES) zones.clear()
    zones.set(name, zone)
    return zone
  } catch {
    // A RangeError is the runtime's word for an unknown name.
    return null
  }
}
