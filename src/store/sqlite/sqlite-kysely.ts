import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { keepNewest } from '../../platform/bounded-map.ts'
import { withNumbers } from './sqlite-numbers.ts'

/**
 * `database` in the shape that Kysely's dialect expects. Its transactions take the write lock at once, so that one cannot fail half-way for
 * want of it.
 */
export function writingDatabase(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, KyselyStatement>()
  return {
    close: () => database.close(),
    prepare: (sql) => {
      const known = prepared.get(sql)
      if (known !== undefined) return known
      const statement = new KyselyStatement(database.prepare(sql === 'begin' ? 'begin immediate' : sql))
      return keepNewest(prepared, sql, statement, MOST_PREPARED)
    },
  }
}

/** What is asked again and again is prepared once: a statement over many rows takes as long to prepare as to carry out. */
const MOST_PREPARED = 64

class KyselyStatement implements SqliteStatement {
  readonly #statement: StatementSync
  readonly reader: boolean

  constructor(statement: StatementSync) {
    this.#statement = statement
    this.reader = statement.columns().length > 0
  }

  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as readonly SQLInputValue[])).map(withNumbers)
  }

  run(parameters: readonly unknown[]) {
    return this.#statement.run(...(parameters as readonly SQLInputValue[]))
  }

  *iterate(parameters: readonly unknown[]): IterableIterator<unknown> {
    for (const row of this.#statement.iterate(...(parameters as readonly SQLInputValue[]))) yield withNumbers(row)
  }
}
