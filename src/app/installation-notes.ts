import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { RunLock } from '../dispatch/locks/run-locks.ts'
import { parseLockFile } from '../dispatch/locks/system-lock-file.ts'
import { MAX_LOCK_BYTES } from '../dispatch/locks/system-lock-files.ts'
import { type Problem, warningAbout } from '../domain/problem.ts'
import { type MinuteSet, unionOf } from '../minutes/plan-ranges.ts'
import { BOOT_MARK_NAME, readBootMark } from '../minutes/system-boot-mark.ts'
import { MARK_FILE_NAME, readMarkFile } from '../minutes/system-mark-file.ts'
import { codeOf } from '../platform/error-code.ts'
import { UnusableFileError } from '../platform/files/bounded-file.ts'
import { readOwnFile } from '../platform/files/own-file.ts'
import { localBootId } from '../platform/process-identity.ts'

/** What an installation has noted beside its store. */
export type Notes = {
  /** Every minute that was planned before. */
  readonly planned: MinuteSet
  /** Of every run that has a lock file; whether it is still alive is not asked. */
  readonly locks: readonly RunLock[]
  /** Whether a tick would be the first start of rcron since the machine's boot. */
  readonly isFirstSinceBoot: boolean
  /** Files that cannot be read, and were left out. */
  readonly problems: readonly Problem[]
}

/**
 * Reads what ticks and daemons have noted, under the names that they use, and touches nothing: nothing is made, swept or moved
 * aside, and no turn is waited for. Files are replaced whole, so that one which is being written is read as it was, or as it will be.
 */
export function readNotes({ stateDirectory, lockDirectory }: Config): Notes {
  const problems: Problem[] = []
  const read = <Read>(path: string, reading: (path: string) => Read) => readOrNote(path, reading, problems)
  const marks = [stateDirectory, lockDirectory].map((directory) => join(directory, MARK_FILE_NAME))
  const locks = lockFilesIn(lockDirectory).map((name) => join(lockDirectory, name))
  return {
    planned: unionOf(...marks.map((path) => read(path, readMarkFile)?.mark.planned ?? [])),
    locks: locks.flatMap((path) => read(path, readLock) ?? []),
    isFirstSinceBoot: isFirstSinceBoot(join(stateDirectory, BOOT_MARK_NAME)),
    problems,
  }
}

function readOrNote<Read>(path: string, reading: (path: string) => Read, problems: Problem[]): Read | null {
  try {
    return reading(path)
  } catch (error) {
    const message = error instanceof UnusableFileError ? error.message : `cannot be read (${codeOf(error)})`
    problems.push(warningAbout({ kind: 'file', path }, message))
    return null
  }
}

/** Null if the run has ended since the file was listed. */
function readLock(path: string): RunLock | null {
  const text = readOwnFile(path, MAX_LOCK_BYTES)
  return text === null ? null : parseLockFile(text).lock
}

function lockFilesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.rcron'))
  } catch {
    return [] // Nothing was run yet.
  }
}

/** False if the boot id is unknown, as in firstStartSinceBoot. */
function isFirstSinceBoot(path: string): boolean {
  const boot = localBootId()
  return boot !== null && readBootMark(path) !== boot
}
