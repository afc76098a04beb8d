import { SqlStore } from '../sql/sql-store.ts'
import { MysqlEngine } from './mysql-engine.ts'
import type { MysqlStoreOptions } from './mysql-options.ts'
import { MYSQL_SETS } from './mysql-schema.ts'

/**
 * A store in MySQL 8+ or MariaDB 10.6+. Connects at the first question, and again whenever that is needed. Throws an
 * InvalidInputError where TLS is asked for and the server's identity could not be verified.
 */
export function createMysqlStore(options: MysqlStoreOptions, sets = MYSQL_SETS): SqlStore {
  return new SqlStore(new MysqlEngine(options, sets))
}
