import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { CompiledQuery, type Dialect, Kysely, SqliteDialect } from 'kysely'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Tables } from '../sql/tables.ts'
import { openSqliteDatabase, openSqliteInThread, type SqliteAccess } from './sqlite-database.ts'
import { writingDatabase } from './sqlite-kysely.ts'
import { SqliteReader } from './sqlite-reader.ts'
import type { SqliteThread, ThreadFile } from './sqlite-thread.ts'
import { threadDialect } from './thread-kysely.ts'

/**
 * One file, opened twice, each time at the first question: reads see one state and never wait for writes. It is closed when it has been retired
 * and nobody uses it any more.
 */
export class SqliteFile {
  readonly reader: SqliteReader
  readonly #path: string
  readonly #thread: SqliteThread | null
  #threadFile: ThreadFile | null = null
  /** Which file each of the two has open; those that are not open yet are missing. */
  readonly #opened = new Map<SqliteAccess, string>()
  #writer: Kysely<Tables> | null = null
  #uses = 0
  #unused: PromiseWithResolvers<void> | null = null

  /** `thread`: where it is written; null: here. */
  constructor(path: string, thread: SqliteThread | null) {
    this.#path = path
    this.#thread = thread
    this.reader = new SqliteReader(() => this.#open('read'))
  }

  /** Made at its first use: most commands only read. */
  get writer(): Kysely<Tables> {
    this.#writer ??= new Kysely<Tables>({ dialect: this.#dialect() })
    return this.#writer
  }

  #dialect(): Dialect {
    const thread = this.#thread
    if (thread === null) return new SqliteDialect({ database: async () => writingDatabase(this.#open('write')) })
    return threadDialect(async () => {
      const identity = identityOf(this.#path)
      const file = await openSqliteInThread(this.#path, thread)
      if (!this.#isStill(identity)) await file.close()
      this.#noteOpened('write', identity)
      this.#threadFile = file
      return file
    })
  }

  /** Whether the path still leads to what is open, and the thread that has it open is there. */
  get isCurrent(): boolean {
    if (this.#threadFile?.isOpen === false) return false
    return this.#leadsTo([...this.#opened.values()])
  }

  /** Whether what was written stands in the file to which the path leads. */
  get isWriterCurrent(): boolean {
    const written = this.#opened.get('write')
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
    this.reader.close()
    await this.#writer?.destroy().catch(() => undefined)
  }

  /** The log lies beside the new file under the new file's name: what is in it would be taken for the new one's. It goes into the old one. */
  async #emptyLog(): Promise<void> {
    const checkpoint = 'pragma wal_checkpoint(truncate)'
    try {
      if (this.#writer !== null && this.#opened.has('write'))
        await this.#writer.executeQuery(CompiledQuery.raw(checkpoint))
      else this.reader.exec(checkpoint)
    } catch {
      // What is left in the log is the old file's.
    }
  }

  #leadsTo(opened: readonly string[]): boolean {
    const found = identityOf(this.#path)
    return opened.every((identity) => identity === found)
  }

  #open(access: SqliteAccess): DatabaseSync {
    const identity = identityOf(this.#path)
    const database = openSqliteDatabase(this.#path, access)
    if (!this.#isStill(identity)) database.close()
    this.#noteOpened(access, identity)
    return database
  }

  #isStill(identity: string | null): identity is string {
    return identity !== null && identity === identityOf(this.#path)
  }

  /** Throws where it is not what is there. */
  #noteOpened(access: SqliteAccess, identity: string | null): void {
    if (!this.#isStill(identity))
      throw new DatabaseFault({ kind: 'busy', message: `SQLite at ${this.#path}: the file was replaced`, hint: null })
    this.#opened.set(access, identity)
  }
}

/** Null if there is no file. */
function identityOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? null : `${found.dev}:${found.ino}`
}
