import type { MysqlStoreOptions } from '../../../src/store/mysql/mysql-options.ts'
import { createMysqlStore } from '../../../src/store/mysql/mysql-store.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import type { Mariadb } from '../../support/mariadb.ts'

/** A store on `server`, which the caller closes. */
export function storeOn(server: Mariadb, overrides: Partial<MysqlStoreOptions> = {}): SqlStore {
  const { port, user, password, database } = server
  return createMysqlStore({ host: '127.0.0.1', port, user, password, database, poolSize: 4, tls: null, ...overrides })
}
