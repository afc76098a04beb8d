import { isTimezone } from '../domain/timezone-name.ts'
import { createZone, type Zone } from './zone.ts'

/** More than there are names; only odd spellings could reach it. */
const MOST_ZONES = 2048

const zones = new Map<string, Zone>()

/** The zone of that name; one for all who ask. Throws a RangeError if there is none. */
export function zoneOf(name: string): Zone {
  const known = zones.get(name)
  if (known !== undefined) return known
  if (!isTimezone(name)) throw new RangeError(`unknown time zone ${JSON.stringify(name)}, expected an IANA name`)
  const zone = createZone(name)
  if (zones.size >= MOST_ZONES) zones.clear()
  zones.set(name, zone)
  return zone
}
