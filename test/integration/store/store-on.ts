import type { MysqlStoreOptions } from '../../../src/store/mysql/mysql-options.ts'
import { MYSQL_SETS } from '../../../src/store/mysql/mysql-schema.ts'
import { createMysqlStore } from '../../../src/store/mysql/mysql-store.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import type { Mariadb } from '../../support/mariadb.ts'

/** How `server` is reached. */
export function optionsOn({ port, user, password, database }: Mariadb): MysqlStoreOptions {
  return { host: '127.0.0.1', port, user, password, database, poolSize: 4, tls: null }
}

/** A store on `server`, which the caller closes. */
export function storeOn(server: Mariadb, overrides: Partial<MysqlStoreOptions> = {}, sets = MYSQL_SETS): SqlStore {
  return createMysqlStore({ ...optionsOn(server), ...overrides }, sets)
}
