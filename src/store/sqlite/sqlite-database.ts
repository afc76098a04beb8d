import { existsSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { codeOf } from '../../platform/error-code.ts'
import { closeToOthers, makeEmptyFile } from '../../platform/files/make-private-file.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { SqliteThread, ThreadFile } from './sqlite-thread.ts'

/** How long one statement may hold the event loop while another process writes; who asked then tries again later. */
const BUSY_MS = 20

/** What is done with an SQLite file that is opened. */
export type SqliteAccess = 'read' | 'write'

/**
 * Opens a database file; one of rcron's is made private to its owner. Whoever only reads a file that is not seen to be rcron's leaves its mode
 * and every byte as they are: a mistyped path may name anything. Throws a DatabaseFault if there is none: it is not made.
 */
export function openSqliteDatabase(path: string, access: SqliteAccess): DatabaseSync {
  const isPrivate = judgeFile(path)
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true, readBigInts: true })
  try {
    if (isPrivate || access === 'write' || holdsTables(database)) {
      makePrivate(path)
      database.exec('pragma journal_mode = wal')
      makePrivate(path)
    }
    database.exec('pragma synchronous = normal')
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** As `openSqliteDatabase` does to write, in `thread`. */
export async function openSqliteInThread(path: string, thread: SqliteThread): Promise<ThreadFile> {
  judgeFile(path)
  const file = await thread.open(path, BUSY_MS)
  try {
    makePrivate(path)
    await file.ask('pragma journal_mode = wal')
    makePrivate(path)
    await file.ask('pragma synchronous = normal')
  } catch (error) {
    await file.close()
    throw error
  }
  return file
}

/** Whether its owner alone can read it, as what rcron has made. Throws a DatabaseFault for what is no file. */
function judgeFile(path: string): boolean {
  const found = statOf(path)
  if (!found.isFile()) {
    const code = found.isDirectory() ? 'EISDIR' : 'not a regular file'
    const hint = 'check the path in RCRON_DATABASE_URL'
    throw new DatabaseFault({ kind: 'away', message: `SQLite at ${path}: the file cannot be opened [${code}]`, hint })
  }
  return (found.mode & 0o077) === 0
}

/** Throws the fault of SQLite where the file is no database. */
function holdsTables(database: DatabaseSync): boolean {
  return (
    database.prepare("select 1 from sqlite_schema where name like 'rcron\\_%' escape '\\' limit 1").get() !== undefined
  )
}

/** What others may read is taken from them, in the companions too; what its owner may not, somebody wanted so. */
function makePrivate(path: string): void {
  const file = realpathSync(path)
  for (const name of [file, `${file}-wal`, `${file}-shm`]) closeToOthers(name)
}

function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? notMade(path) : error
  }
}

function notMade(path: string): DatabaseFault {
  const directory = dirname(path)
  const found = existsSync(directory)
    ? `there is no file ${path}`
    : `there is no directory ${directory}, and the file cannot be opened [ENOENT]`
  const hint = 'create it with "rcron init", or correct the path in RCRON_DATABASE_URL'
  return new DatabaseFault({ kind: 'not-made', message: `SQLite at ${path}: ${found}`, hint })
}

/** Makes an empty file, which is an empty database, mode 0600; one that is there is left as it is. Throws the system's error. */
export function createSqliteFile(path: string): void {
  try {
    makeEmptyFile(path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}
