import { VERSION as CACHE } from '../src/definitions/cache/sealed-header.ts'
import { FORMAT as LOCK } from '../src/dispatch/locks/system-lock-file.ts'
import { VERSION as RECORDS } from '../src/history/sqlite-journal-file.ts'
import { FORMAT as FIRINGS } from '../src/minutes/system-firing-ledger.ts'
import { FORMAT as MARK } from '../src/minutes/system-mark-file.ts'

/** Of each kind of file in the state directory, the newest format that this version reads. */
export type StateFormats = {
  readonly lock: number
  readonly mark: number
  readonly firings: number
  readonly records: number
  readonly cache: number
}

export const STATE_FORMATS: StateFormats = {
  lock: numberOf(LOCK, 'rcron-lock-'),
  mark: numberOf(MARK, 'rcron-mark-'),
  firings: numberOf(FIRINGS, 'rcron-firings-'),
  records: RECORDS,
  cache: CACHE,
}

/** The scripts of the packages know the formats' names, and compare their numbers. */
function numberOf(format: string, family: string): number {
  const number = Number(format.slice(family.length))
  if (!format.startsWith(family) || !Number.isInteger(number) || number < 1) {
    throw new Error(`found the format ${format}, expected ${family}N: packaging/scripts/state-formats.sh must know it`)
  }
  return number
}
