import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { findDaemon } from '../daemon/system-state-lock.ts'
import { OperatorError } from '../domain/errors.ts'
import type { Minute } from '../domain/minute.ts'
import { MARK_FILE_NAME, readMarkFile } from '../minutes/system-mark-file.ts'
import type { Log } from '../platform/log/log.ts'
import { composeLease } from './lease.ts'
import { composeClock } from './parts.ts'

// What is known of an installation's daemon without asking it.

/** The daemon that has the state directory, in words; null if none has. */
export function daemonOn({ stateDirectory }: Pick<Config, 'stateDirectory'>): string | null {
  return findDaemon(stateDirectory)
}

/** The newest minute that was planned, by either copy of the mark; null if none was, or neither can be read. */
export function lastPlannedBy({ stateDirectory, lockDirectory }: Config): Minute | null {
  const last = [stateDirectory, lockDirectory].flatMap((directory) => lastIn(join(directory, MARK_FILE_NAME)) ?? [])
  return last.length === 0 ? null : (Math.max(...last) as Minute)
}

function lastIn(path: string): Minute | null {
  try {
    return readMarkFile(path)?.mark.last ?? null
  } catch {
    return null
  }
}

/** Why the database is not this installation's to work on: the daemon of another one does; null if none does. */
export async function otherDaemonOn(config: Config, log: Log): Promise<string | null> {
  const lease = await composeLease(config, { clock: composeClock(), log })
  try {
    await lease.look(new AbortController().signal)
    return null
  } catch (error) {
    if (error instanceof OperatorError) return error.message
    throw error
  } finally {
    await lease.release()
  }
}
