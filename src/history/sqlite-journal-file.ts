import { lstatSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { OperatorError } from '../domain/errors.ts'
import { sqliteCodeOf } from '../platform/error-code.ts'
import { makePrivateFile } from '../platform/files/make-private-file.ts'
import { removeFile } from '../platform/files/own-file.ts'
import { setAside } from '../platform/files/set-aside.ts'

/** How long one statement may hold the event loop while another process writes. */
const BUSY_MS = 20
export const VERSION = 1
/** Its name in the state directory. */
export const JOURNAL_FILE = 'run-records.db'
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/** Numbers begin at the present, so that those of a journal in whose place a new one is put do not come again. */
const schemaAt = (now: number) => `
  begin immediate;
  create table if not exists waiting_record (
    entry integer primary key autoincrement,
    store text not null,
    cron_id integer not null,
    last_run integer not null,
    duration_ms real,
    errors text,
    pid integer not null,
    start text not null,
    boot text not null,
    unique (store, cron_id)
  ) strict;
  insert into sqlite_sequence (name, seq)
    select 'waiting_record', ${now} where not exists (select 1 from sqlite_sequence where name = 'waiting_record');
  pragma user_version = ${VERSION};
  commit;
`

/** Beside them since a later version, whose files an earlier one still reads: in order, with what was printed apart, which may be dropped. */
const HISTORY_SCHEMA = `
  create table if not exists waiting_history (
    entry integer primary key,
    store text not null,
    row text not null,
    output text
  ) strict;
`

/** The journal's file, open, with its statements. */
export type Journal = {
  readonly database: DatabaseSync
  readonly add: StatementSync
  readonly remove: StatementSync
  readonly addHistory: StatementSync
  readonly nextHistory: StatementSync
  readonly readHistory: StatementSync
  readonly removeHistory: StatementSync
}

/** Pages in the log from which on SQLite empties it into the file at a commit, waiting for the disk, if nobody else has. */
const LOG_PAGES = { ownHand: 1_000, emptiedElsewhere: 8_000 }

/**
 * Opens the journal, and makes it (mode 0600) where there is none. `isEmptiedElsewhere`: somebody else sees to its log. Throws what is
 * wrong with it.
 */
export function openJournal(path: string, now: number, isEmptiedElsewhere: boolean): Journal {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found !== undefined && !found.isFile()) throw new OperatorError(`${path} is not a regular file`, 'Move it away.')
  makePrivateFile(path)
  const database = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    const pages = isEmptiedElsewhere ? LOG_PAGES.emptiedElsewhere : LOG_PAGES.ownHand
    database.exec(`pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = ${pages}`)
    const { user_version: version } = database.prepare('pragma user_version').get() ?? {}
    if (version === 0) database.exec(schemaAt(now))
    else if (version !== VERSION)
      throw new OperatorError(`${path} was written by another version of rcron (format ${version})`, null)
    database.exec(HISTORY_SCHEMA)
    return {
      database,
      add: database.prepare(
        'insert or replace into waiting_record (store, cron_id, last_run, duration_ms, errors, pid, start, boot) values (?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      remove: database.prepare('delete from waiting_record where entry in (select value from json_each(?))'),
      addHistory: database.prepare(
        'insert or ignore into waiting_history (entry, store, row, output) values (?, ?, ?, ?)',
      ),
      nextHistory: database.prepare('select entry from waiting_history where store = ? order by entry limit ?'),
      readHistory: database.prepare(
        'select entry, row, output from waiting_history where entry in (select value from json_each(?))',
      ),
      removeHistory: database.prepare('delete from waiting_history where entry in (select value from json_each(?))'),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Whether the file is torn, or no database at all: it will not get better. */
export function isDamaged(error: unknown): boolean {
  const code = (sqliteCodeOf(error) ?? 0) & 0xff
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}

/** Moves a torn journal to where it can be looked at. Throws where it cannot. */
export function moveAside(path: string, now: number): void {
  setAside(path, now)
  for (const beside of ['-wal', '-shm']) removeFile(`${path}${beside}`)
}
