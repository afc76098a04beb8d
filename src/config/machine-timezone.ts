import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { isTimezone } from '../domain/timezone-name.ts'
import { readBoundedFileSync } from '../platform/files/bounded-file.ts'

/** What of the machine cannot serve as a default; in words that follow "the machine's". */
export type Unusable = { readonly unusable: string }

/** Where the machine keeps its zones and says which one is its own; other places in tests. */
export type ZoneFiles = { readonly localtime: string; readonly timezone: string; readonly database: string }

/** Many times what the largest zone takes. TZ may name any file. */
const MAX_BYTES = 64 * 1024

const FILES: ZoneFiles = {
  localtime: '/etc/localtime',
  timezone: '/etc/timezone',
  database: '/usr/share/zoneinfo',
}

/**
 * The IANA name of the zone that the C library uses, and so every local cron: by TZ, else by /etc/localtime, else UTC. What the C library
 * reads as a rule and not as a name has none, unless it is a fixed number of hours.
 */
export function machineTimezone(tz: string | undefined, files: ZoneFiles = FILES): string | Unusable {
  if (tz === undefined) return zoneOfFile(files.localtime, files) ?? 'UTC'
  const written = tz.replace(/^:/, '')
  if (written === '') return 'UTC'
  const found = written.startsWith('/') ? zoneOfFile(written, files) : (namedZone(written, files) ?? fixedZone(written))
  return found ?? { unusable: `TZ=${JSON.stringify(tz)} is not the name of a time zone` }
}

/** Null if there is no file. */
function zoneOfFile(path: string, files: ZoneFiles): string | Unusable | null {
  const bytes = readOrNull(path)
  if (bytes === null) return null
  const name = nameOfPath(path) ?? nameOfCopy(bytes, files)
  return name ?? { unusable: `${path} is a copy of a time zone file whose zone cannot be identified` }
}

/** `Europe/Berlin` of a link to …/zoneinfo/Europe/Berlin. */
function nameOfPath(path: string): string | null {
  const name = /\/zoneinfo\/(?:posix\/)?(.+)$/.exec(realpathSync(path))?.[1]
  return name !== undefined && isTimezone(name) ? name : null
}

/** A copy has no name of its own: the file beside it may have it, else the one of the database that is equal. */
function nameOfCopy(bytes: Buffer, { timezone, database }: ZoneFiles): string | null {
  const noted = readOrNull(timezone)?.toString('utf8').trim()
  const names = noted === undefined ? namesIn(database) : [noted, ...namesIn(database)]
  return names.find((name) => isTimezone(name) && readOrNull(join(database, name))?.equals(bytes) === true) ?? null
}

/** Names that are in use first, so that `Europe/Berlin` is found before its older names. */
function namesIn(database: string): readonly string[] {
  try {
    const names = readdirSync(database, { recursive: true, encoding: 'utf8' }).sort()
    const canonical = new Set(Intl.supportedValuesOf('timeZone'))
    return [...names.filter((name) => canonical.has(name)), ...names.filter((name) => !canonical.has(name))]
  } catch {
    return [] // A machine without a database of zones.
  }
}

/** As the C library, letter by letter; without a database the runtime's own has to do. */
function namedZone(name: string, { database }: ZoneFiles): string | null {
  if (!isTimezone(name)) return null
  const isThere = readOrNull(join(database, name)) !== null
  return isThere || namesIn(database).length === 0 ? name : null
}

/** `GMT-3`, `<-03>3`: hours west of Greenwich, as in the names below Etc. Rules with daylight saving or minutes have no name. */
function fixedZone(rule: string): string | null {
  const hours = /^(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)(?<hours>[+-]?\d{1,2})(?::00){0,2}$/.exec(rule)?.groups?.['hours']
  if (hours === undefined) return null
  const west = Number(hours)
  if (west === 0) return 'UTC'
  const name = `Etc/GMT${west > 0 ? '+' : '-'}${Math.abs(west)}`
  return isTimezone(name) ? name : null
}

function readOrNull(path: string): Buffer | null {
  try {
    return readBoundedFileSync(path, MAX_BYTES).content
  } catch {
    return null
  }
}
