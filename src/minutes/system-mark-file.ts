import type { Minute } from '../domain/minute.ts'
import {
  fields,
  flag,
  listOf,
  made,
  oneOf,
  orAbsent,
  orNull,
  pairOf,
  readJson,
  whole,
} from '../platform/files/json-shape.ts'
import { overwriteFile, readOwnFile } from '../platform/files/own-file.ts'
import { replaceFileSync } from '../platform/files/whole-file.ts'
import type { Mark } from './minute-mark.ts'
import { type MinuteRange, type MinuteSet, unionOf } from './plan-ranges.ts'

/** Its name in each of the directories that may hold one. */
export const MARK_FILE_NAME = 'minute-mark.json'

export const FORMAT = 'rcron-mark-1'
/** A file always has this many bytes, so that rewriting it in place takes no room on a full disk. */
const FILE_BYTES = 4096

const minute = made(whole, (value) => value as Minute)
const ranges = listOf(made(pairOf(minute), ([from, to]): MinuteRange => ({ from, to })))
const markFile = fields({
  format: oneOf([FORMAT]),
  /** Rises with every writing: the newest of several copies. */
  edition: whole,
  planned: ranges,
  last: orNull(minute),
  open: listOf(minute),
  /** Absent in a mark of an earlier rcron. */
  unreported: orAbsent(fields({ minutes: ranges, more: flag }), { minutes: [], more: false }),
})

/** A mark as it was written; the higher edition is the newer one. */
export type MarkEdition = { readonly edition: number; readonly mark: Mark }

/** Throws an UnusableFileError if the file is no mark; null if there is no file. */
export function readMarkFile(path: string): MarkEdition | null {
  const text = readOwnFile(path, FILE_BYTES)
  if (text === null) return null
  const { edition, planned, last, open, unreported } = readJson(text, markFile, 'a mark')
  return { edition, mark: { planned: unionOf(planned), last, open, unreported } }
}

/** Replaces the file; where there is no room for a new one, rewrites the one that is there. */
export function writeMarkFile(path: string, edition: MarkEdition): void {
  const text = formatMark(edition)
  try {
    replaceFileSync(path, text)
  } catch (error) {
    try {
      overwriteFile(path, text)
    } catch {
      throw error // Of the two, why it could not be replaced is the one to tell.
    }
  }
}

/** How many minutes an open list may hold: what is older is dropped, and no longer told as interrupted after a crash. */
const MAX_OPEN = 100

function formatMark({ edition, mark }: MarkEdition): string {
  const open = mark.open.slice(-MAX_OPEN)
  const unreported = { minutes: pairsOf(mark.unreported.minutes), more: mark.unreported.more }
  const planned = pairsOf(mark.planned)
  const json = JSON.stringify({ format: FORMAT, edition, planned, last: mark.last, open, unreported })
  return `${json.padEnd(FILE_BYTES - 1)}\n`
}

function pairsOf(set: MinuteSet): readonly (readonly [Minute, Minute])[] {
  return set.map(({ from, to }) => [from, to])
}
