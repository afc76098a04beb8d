import { Kysely, MysqlDialect, type Transaction } from 'kysely'
import type { Ask } from '../sql/ask.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Engine } from '../sql/engine.ts'
import type { SchemaAdvice } from '../sql/schema-advice.ts'
import type { TableDdl } from '../sql/table-ddl.ts'
import type { TableSet } from '../sql/table-sets.ts'
import type { PresentColumns, Tables } from '../sql/tables.ts'
import { mysqlFaultOf } from './mysql-fault.ts'
import { type MysqlStoreOptions, refuseUnverifiableHost } from './mysql-options.ts'
import { DeadlinePool } from './mysql-pool.ts'
import { MYSQL_SETS } from './mysql-schema.ts'
import { inSnapshot } from './mysql-snapshot.ts'

const TO_ALTER = 'run "rcron init" as a user with the right to ALTER the tables'

/** MySQL and MariaDB. */
export class MysqlEngine implements Engine {
  readonly where: string
  readonly advice: SchemaAdvice = {
    missing: 'is missing, or hidden from this user',
    forMissingTable: 'run "rcron init", or give the user of RCRON_DATABASE_URL the right to see it',
    forMissingColumns: TO_ALTER,
    forRefusedTable: 'run "rcron init" as a user with the rights to CREATE and REFERENCES tables',
    forRefusedColumns: TO_ALTER,
  }
  readonly sets: readonly TableSet<TableDdl>[]
  /** As many as history ever writes together: each statement is a round trip. */
  readonly rowsAtOnce = 1000
  readonly #pool: DeadlinePool
  #kysely: Kysely<Tables> | null = null

  /** Throws an InvalidInputError if `options` cannot be kept safe; connects at the first question. */
  constructor(options: MysqlStoreOptions, sets = MYSQL_SETS) {
    refuseUnverifiableHost(options)
    this.sets = sets
    this.where = `MySQL at ${options.host}:${options.port}, database ${options.database}`
    this.#pool = new DeadlinePool(options)
  }

  readSnapshot<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
    return this.#twice(() => this.#pool.lend((connection) => inSnapshot(connection, use)))
  }

  writeIdempotent<Result>(use: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#twice(() => use(this.#db))
  }

  writeOnce<Result>(use: (db: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#told(() => this.#db.transaction().execute(use))
  }

  async presentColumns(ask: Ask): Promise<PresentColumns> {
    const names = this.sets.flatMap(({ tables }) => tables.map(({ name }) => name))
    const rows = await ask(
      `select lower(table_name) as t, lower(column_name) as c from information_schema.columns
      where table_schema = database() and lower(table_name) in (${names.map(() => '?').join(', ')})`,
      names,
    )
    const present = new Map<string, Set<string>>()
    for (const { t, c } of rows) {
      const columns = present.get(String(t)) ?? new Set()
      present.set(String(t), columns.add(String(c)))
    }
    return present
  }

  async create(): Promise<void> {
    // A database is made by whoever runs the server.
  }

  close(): Promise<void> {
    return this.#pool.close()
  }

  /** Made at its first use: most commands only read. */
  get #db(): Kysely<Tables> {
    this.#kysely ??= new Kysely<Tables>({ dialect: new MysqlDialect({ pool: this.#pool }) })
    return this.#kysely
  }

  async #twice<Result>(ask: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#told(ask)
    } catch (error) {
      if (error instanceof DatabaseFault && error.kind === 'lost') return await this.#told(ask)
      throw error
    }
  }

  async #told<Result>(ask: () => Promise<Result>): Promise<Result> {
    return await ask().catch((error: unknown) => {
      throw mysqlFaultOf(error, { where: this.where, isMariadb: this.#pool.isMariadb })
    })
  }
}
