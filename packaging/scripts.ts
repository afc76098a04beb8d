import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianVersion, REPOSITORY, type Release } from './release.ts'
import { STATE_FORMATS, type StateFormats } from './state-formats.ts'

const INCLUDE = /^@include (\S+)@$/gm

/** A script of a package, whole: what it shares with others put in, and what it knows of this version. */
export function scriptOf(name: string, release: Release, formats: StateFormats = STATE_FORMATS): string {
  const values: Readonly<Record<string, string | number>> = {
    VERSION: debianVersion(release),
    LOCK: formats.lock,
    MARK: formats.mark,
    FIRINGS: formats.firings,
    RECORDS: formats.records,
    CACHE: formats.cache,
  }
  const whole = read(name).replaceAll(INCLUDE, (_, part: string) => read(part).trimEnd())
  return whole.replaceAll(/@([A-Z]+)@/g, (_, key: string) => {
    const value = values[key]
    if (value === undefined) throw new Error(`${name}: there is no value for @${key}@`)
    return String(value)
  })
}

function read(name: string): string {
  return readFileSync(join(REPOSITORY, 'packaging/scripts', name), 'utf8')
}
