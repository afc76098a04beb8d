import type { Kysely, Transaction } from 'kysely'
import type { Ask } from './ask.ts'
import type { SchemaAdvice } from './schema-advice.ts'
import type { TableDdl } from './table-ddl.ts'
import type { TableSet } from './table-sets.ts'
import type { PresentColumns, Tables } from './tables.ts'

/** What differs between one database and another. Every method rejects with a DatabaseFault, or with what `use` threw on its own. */
export interface Engine {
  /** Names the database in messages; holds no secret. */
  readonly where: string
  readonly advice: SchemaAdvice
  /** What is kept in it, with the statements that make it. */
  readonly sets: readonly TableSet<TableDdl>[]
  /** How many rows one statement is to write at most. */
  readonly rowsAtOnce: number
  /** Lends one connection on which all reads see the same state. Asked a second time when the connection breaks. */
  readSnapshot<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result>
  /** Carries out one statement that may be carried out twice: where the connection breaks, it is. */
  writeIdempotent<Result>(use: (db: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /** Lends a transaction, committed when `use` resolves. Never asked twice. */
  writeOnce<Result>(use: (db: Transaction<Tables>) => Promise<Result>): Promise<Result>
  presentColumns(ask: Ask): Promise<PresentColumns>
  /** Makes what the tables are to stand in, where that is rcron's to make and is not there: a file, no server's database. */
  create(): Promise<void>
  /** Never rejects; safe to call twice. */
  close(): Promise<void>
}
