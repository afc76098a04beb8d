import { statSync } from 'node:fs'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Tables } from '../sql/tables.ts'
import { openSqliteDatabase, type SqliteDatabaseOptions } from './sqlite-database.ts'

type Access = SqliteDatabaseOptions['begin']

/**
 * One file, opened twice, each time at the first question: reads see one state and never wait for writes. It is closed when it has been retired
 * and nobody uses it any more.
 */
export class SqliteFile {
  readonly reader: Kysely<Tables>
  readonly writer: Kysely<Tables>
  readonly #path: string
  /** Which file each of the two has open; those that are not open yet are missing. */
  readonly #opened = new Map<Access, string>()
  #uses = 0
  #unused: PromiseWithResolvers<void> | null = null

  constructor(path: string) {
    this.#path = path
    this.reader = this.#open('begin')
    this.writer = this.#open('begin immediate')
  }

  /** Whether the path still leads to what is open. */
  get isCurrent(): boolean {
    return this.#leadsTo([...this.#opened.values()])
  }

  /** Whether what was written stands in the file to which the path leads. */
  get isWriterCurrent(): boolean {
    const written = this.#opened.get('begin immediate')
    return written !== undefined && this.#leadsTo([written])
  }

  get isIdle(): boolean {
    return this.#uses === 0
  }

  async use<Result>(ask: (file: SqliteFile) => Promise<Result>): Promise<Result> {
    this.#uses += 1
    try {
      return await ask(this)
    } finally {
      this.#uses -= 1
      if (this.isIdle) this.#unused?.resolve()
    }
  }

  /** Closes it after its last use. Never rejects. */
  async retire(): Promise<void> {
    this.#unused ??= Promise.withResolvers<void>()
    if (this.isIdle) this.#unused.resolve()
    await this.#unused.promise
    await this.close()
  }

  /** Closes it at once. Never rejects. */
  async close(): Promise<void> {
    if (!this.isCurrent) await this.#emptyLog()
    await Promise.allSettled([this.reader.destroy(), this.writer.destroy()])
  }

  /** The log lies beside the new file under the new file's name: what is in it would be taken for the new one's. It goes into the old one. */
  async #emptyLog(): Promise<void> {
    const db = this.#opened.has('begin immediate') ? this.writer : this.reader
    await sql`pragma wal_checkpoint(truncate)`.execute(db).catch(() => undefined)
  }

  #leadsTo(opened: readonly string[]): boolean {
    const found = identityOf(this.#path)
    return opened.every((identity) => identity === found)
  }

  #open(begin: Access): Kysely<Tables> {
    const open = async () => {
      const identity = identityOf(this.#path)
      const database = openSqliteDatabase({ path: this.#path, begin })
      if (identity === null || identity !== identityOf(this.#path)) {
        database.close()
        throw new DatabaseFault({ kind: 'busy', message: `SQLite at ${this.#path}: the file was replaced`, hint: null })
      }
      this.#opened.set(begin, identity)
      return database
    }
    return new Kysely<Tables>({ dialect: new SqliteDialect({ database: open }) })
  }
}

/** Null if there is no file. */
function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? null : `${found.dev}:${found.ino}`
}
