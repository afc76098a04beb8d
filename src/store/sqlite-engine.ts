import { setTimeout as pause } from 'node:timers/promises'
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import { missingSteps } from './missing-steps.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import type { SchemaStep } from './schema-store.ts'
import { createSqliteFile, openSqliteDatabase } from './sqlite-database.ts'
import { sqliteFaultOf } from './sqlite-fault.ts'
import { SQLITE_TABLES } from './sqlite-schema.ts'
import { type PresentColumns, TABLE_NAMES, type Tables } from './tables.ts'

/** Waits between attempts while another process writes: 5 s in all. */
const BUSY_ATTEMPTS = 100
const BUSY_PAUSE_MS = 50

const TO_WRITE = 'give rcron the right to write the file and its directory'

/** A file of its own, opened twice: reads see one state and never wait for writes. */
export class SqliteEngine implements Engine {
  readonly where: string
  readonly advice: SchemaAdvice = {
    missing: 'is missing',
    forMissingTable: 'run "rcron init", or correct the path in RCRON_DATABASE_URL',
    forMissingColumns: 'run "rcron init"',
    forRefusedTable: TO_WRITE,
    forRefusedColumns: TO_WRITE,
  }
  readonly #path: string
  readonly #reader: Kysely<Tables>
  readonly #writer: Kysely<Tables>
  #closing: Promise<void> | null = null

  /** Opens `path` at the first question; where it is not there, makes it at `create` alone. */
  constructor(path: string) {
    this.where = `SQLite at ${path}`
    this.#path = path
    this.#reader = open(path, 'begin')
    this.#writer = open(path, 'begin immediate')
  }

  readSnapshot<Result>(use: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#patiently(() => this.#reader.transaction().execute(use))
  }

  writeIdempotent<Result>(use: (db: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#patiently(() => use(this.#writer))
  }

  writeOnce<Result>(use: (db: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    // Busy means that nothing was written: `begin immediate` has the lock before `use` begins.
    return this.#patiently(() => this.#writer.transaction().execute(use))
  }

  async presentColumns(db: Kysely<Tables>): Promise<PresentColumns> {
    const present = new Map<string, ReadonlySet<string>>()
    for (const table of TABLE_NAMES) {
      const { rows } = await sql<{ name: string }>`select name from pragma_table_xinfo(${table})`.execute(db)
      if (rows.length > 0) present.set(table, new Set(rows.map(({ name }) => name.toLowerCase())))
    }
    return present
  }

  create(): Promise<void> {
    return this.#patiently(async () => createSqliteFile(this.#path))
  }

  missingSteps(present: PresentColumns): readonly SchemaStep[] {
    return missingSteps(SQLITE_TABLES, present)
  }

  close(): Promise<void> {
    const both = [this.#reader.destroy(), this.#writer.destroy()]
    this.#closing ??= Promise.allSettled(both).then(() => undefined)
    return this.#closing
  }

  #closed(): DatabaseFault {
    return new DatabaseFault({ kind: 'closed', message: `${this.where}: the store has been closed`, hint: null })
  }

  async #patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closing !== null) throw this.#closed()
      try {
        return await ask()
      } catch (error) {
        const fault = this.#closing === null ? sqliteFaultOf(error, this.where) : this.#closed()
        if (!(fault instanceof DatabaseFault) || fault.kind !== 'busy' || attempt === BUSY_ATTEMPTS) throw fault
        await pause(BUSY_PAUSE_MS)
      }
    }
  }
}

function open(path: string, begin: 'begin' | 'begin immediate'): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new SqliteDialect({ database: async () => openSqliteDatabase({ path, begin }) }),
  })
}
