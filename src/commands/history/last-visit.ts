import { join } from 'node:path'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { readOwnFile } from '../../platform/files/own-file.ts'
import { replaceFileSync } from '../../platform/files/whole-file.ts'
import { userName } from '../../platform/user-name.ts'

/** The word for it where a time is asked. */
export const LAST_VISIT = 'last-visit'

const MAX_BYTES = 64
const LONGEST_NAME = 100

/** Whose visits are kept, and where: in the state directory, whose user may be the service's for several people. */
export type Visitor = {
  readonly stateDirectory: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** When this person looked last, in epoch milliseconds; null if they never did, or that cannot be read. */
export function lastVisitOf(visitor: Visitor): number | null {
  try {
    const text = readOwnFile(pathOf(visitor), MAX_BYTES)?.trim() ?? ''
    return /^\d{1,16}$/.test(text) ? Number(text) : null
  } catch {
    return null // Never been here, or none of ours: the time that is said instead is on the first line.
  }
}

/** Keeps that this person has seen what there was at that time. Throws the error of the file system. */
export function noteVisit(visitor: Visitor, at: number): void {
  makeDirectory(visitor.stateDirectory)
  replaceFileSync(pathOf(visitor), `${at}\n`)
}

/** Who is asked for by `sudo` has a visit of their own. */
function pathOf({ stateDirectory, environment }: Visitor): string {
  const who = encodeURIComponent(environment['SUDO_USER'] || userName()).slice(0, LONGEST_NAME)
  return join(stateDirectory, `${LAST_VISIT}-${who}`)
}
