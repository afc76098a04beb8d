import { SqlStore } from '../sql/sql-store.ts'
import { SqliteEngine } from './sqlite-engine.ts'
import { SQLITE_SETS } from './sqlite-schema.ts'

/** A store in one SQLite file, which is opened at the first question, and made with its tables, mode 0600. */
export function createSqliteStore(path: string, sets = SQLITE_SETS): SqlStore {
  return new SqlStore(new SqliteEngine(path, sets))
}
