import { SqlStore } from '../sql/sql-store.ts'
import { SqliteEngine, type SqliteStoreOptions } from './sqlite-engine.ts'

/** A store in one SQLite file, which is opened at the first question, and made with its tables, mode 0600. */
export function createSqliteStore(path: string, options: SqliteStoreOptions = {}): SqlStore {
  return new SqlStore(new SqliteEngine(path, options))
}
