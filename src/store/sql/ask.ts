import { CompiledQuery, type Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** A row as the database gave it. */
export type RawRow = Readonly<Record<string, unknown>>

/** Resolves with the rows of a statement that reads. Whole numbers are numbers where they are exact, else text. */
export type Ask = (statement: string, parameters?: readonly unknown[]) => Promise<readonly RawRow[]>

/** Asks within what `db` is: a transaction sees what it has written. */
export function askWithin(db: Kysely<Tables>): Ask {
  return async (statement, parameters = []) => {
    const { rows } = await db.executeQuery<RawRow>(CompiledQuery.raw(statement, [...parameters]))
    return rows
  }
}
