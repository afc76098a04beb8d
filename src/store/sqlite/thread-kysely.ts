import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { withNumbers } from './sqlite-numbers.ts'
import type { ThreadFile } from './sqlite-thread.ts'

/** What Kysely's dialect for SQLite does, in a thread: `open` is asked at the first question. Transactions take the write lock at once. */
export function threadDialect(open: () => Promise<ThreadFile>): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(open),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

class ThreadDriver implements Driver {
  readonly #open: () => Promise<ThreadFile>
  #file: ThreadFile | null = null

  constructor(open: () => Promise<ThreadFile>) {
    this.#open = open
  }

  async init(): Promise<void> {
    this.#file = await this.#open()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const file = this.#file
    if (file === null) throw new Error('the file has been closed')
    return new ThreadConnection(file)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(): Promise<void> {
    // There is one, which stays.
  }

  async destroy(): Promise<void> {
    await this.#file?.close()
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #file: ThreadFile

  constructor(file: ThreadFile) {
    this.#file = file
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes, lastId } = await this.#file.ask(sql, parameters)
    return { insertId: lastId, numAffectedRows: changes, rows: rows.map(withNumbers) as Row[] }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('rows are not streamed from a thread')
  }
}
