import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { withNumbers } from './sqlite-numbers.ts'

/**
 * `database` in the shape that Kysely's dialect expects. Its transactions take the write lock at once, so that one cannot fail half-way for
 * want of it.
 */
export function writingDatabase(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (sql) => new KyselyStatement(database.prepare(sql === 'begin' ? 'begin immediate' : sql)),
  }
}

class KyselyStatement implements SqliteStatement {
  readonly #statement: StatementSync

  constructor(statement: StatementSync) {
    this.#statement = statement
  }

  get reader(): boolean {
    return this.#statement.columns().length > 0
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
