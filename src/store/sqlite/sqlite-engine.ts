import { setTimeout as pause } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import type { Ask } from '../sql/ask.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Engine } from '../sql/engine.ts'
import type { SchemaAdvice } from '../sql/schema-advice.ts'
import type { TableDdl } from '../sql/table-ddl.ts'
import type { TableSet } from '../sql/table-sets.ts'
import type { PresentColumns, Tables } from '../sql/tables.ts'
import { createSqliteFile } from './sqlite-database.ts'
import { sqliteFaultOf } from './sqlite-fault.ts'
import { SqliteFile } from './sqlite-file.ts'
import { SQLITE_SETS } from './sqlite-schema.ts'
import type { SqliteThread } from './sqlite-thread.ts'

/** Waits between attempts while another process writes: 5 s in all. */
const BUSY_ATTEMPTS = 100
const BUSY_PAUSE_MS = 50
/** After so long without a question the file is let go: whoever restores or copies it then meets no log of ours beside it. */
const IDLE_MS = 1_000

const TO_WRITE = 'give rcron the right to write the file and its directory'

/** Further to the path of the file. */
export type SqliteStoreOptions = {
  readonly sets?: readonly TableSet<TableDdl>[]
  /** Where it is written, of a process that is not to be held up; null or absent: by whoever asks. */
  readonly thread?: SqliteThread | null
}

/** A file of its own, which others may replace while rcron works: each question goes to the one that is there then. */
export class SqliteEngine implements Engine {
  readonly where: string
  readonly advice: SchemaAdvice = {
    missing: 'is missing',
    forMissingTable: 'run "rcron init", or correct the path in RCRON_DATABASE_URL',
    forMissingColumns: 'run "rcron init"',
    forRefusedTable: TO_WRITE,
    forRefusedColumns: TO_WRITE,
  }
  readonly sets: readonly TableSet<TableDdl>[]
  /** Of few lengths, so that each is prepared once. */
  readonly rowsAtOnce = 64
  readonly #path: string
  readonly #thread: SqliteThread | null
  #file: SqliteFile | null = null
  #replacing: Promise<SqliteFile> | null = null
  #idle: NodeJS.Timeout | null = null
  #closing: Promise<void> | null = null

  /** Opens `path` at the first question; where it is not there, makes it at `create` alone. */
  constructor(path: string, { sets = SQLITE_SETS, thread = null }: SqliteStoreOptions = {}) {
    this.sets = sets
    this.#thread = thread
    this.where = `SQLite at ${path}`
    this.#path = path
  }

  readSnapshot<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
    return this.#patiently((file) => file.reader.snapshot(use))
  }

  writeIdempotent<Result>(use: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#written((file) => use(file.writer))
  }

  writeOnce<Result>(use: (db: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    // Busy means that nothing was written: `begin immediate` has the lock before `use` begins.
    return this.#written((file) => file.writer.transaction().execute(use))
  }

  async presentColumns(ask: Ask): Promise<PresentColumns> {
    const present = new Map<string, ReadonlySet<string>>()
    for (const table of this.sets.flatMap(({ tables }) => tables)) {
      const rows = await ask('select name from pragma_table_xinfo(?)', [table.name])
      if (rows.length > 0) present.set(table.name, new Set(rows.map(({ name }) => String(name).toLowerCase())))
    }
    return present
  }

  create(): Promise<void> {
    return this.#patiently(async () => createSqliteFile(this.#path))
  }

  close(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    // What is under way ends first: a write in a thread takes several turns.
    this.#closing ??= this.#file?.retire() ?? Promise.resolve()
    return this.#closing
  }

  #closed(): DatabaseFault {
    return new DatabaseFault({ kind: 'closed', message: `${this.where}: the store has been closed`, hint: null })
  }

  /** What went into a file that was replaced meanwhile is written once more: the one that is there now does not have it. */
  #written<Result>(ask: (file: SqliteFile) => Promise<Result>): Promise<Result> {
    return this.#patiently(ask, (file) => file.isWriterCurrent)
  }

  async #current(): Promise<SqliteFile> {
    if (this.#file?.isCurrent === true) return this.#file
    this.#replacing ??= this.#replace(this.#file).finally(() => {
      this.#replacing = null
    })
    return await this.#replacing
  }

  /** The old one is closed before the new one is opened: they share the names of their logs. */
  async #replace(old: SqliteFile | null): Promise<SqliteFile> {
    await old?.retire()
    if (this.#closing !== null) throw this.#closed()
    this.#file = new SqliteFile(this.#path, this.#thread)
    return this.#file
  }

  #letGoWhenIdle(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#file?.isIdle !== true) return
      void this.#file.retire()
      this.#file = null
    }, IDLE_MS).unref()
  }

  async #patiently<Result>(
    ask: (file: SqliteFile) => Promise<Result>,
    isDone: (file: SqliteFile) => boolean = () => true,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#ask(ask, isDone)
      } catch (error) {
        const fault = this.#closing === null ? sqliteFaultOf(error, this.where) : this.#closed()
        if (!(fault instanceof DatabaseFault) || fault.kind !== 'busy' || attempt === BUSY_ATTEMPTS) throw fault
        await pause(BUSY_PAUSE_MS)
      }
    }
  }

  async #ask<Result>(
    ask: (file: SqliteFile) => Promise<Result>,
    isDone: (file: SqliteFile) => boolean,
  ): Promise<Result> {
    if (this.#closing !== null) throw this.#closed()
    try {
      const file = await this.#current()
      const result = await file.use(ask)
      return isDone(file) ? result : await (await this.#current()).use(ask)
    } finally {
      if (this.#closing === null) this.#letGoWhenIdle()
    }
  }
}
