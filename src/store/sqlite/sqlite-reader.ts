import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { codeOrNull } from '../../platform/error-code.ts'
import { InTurn } from '../../platform/waiting/in-turn.ts'
import type { Ask, RawRow } from '../sql/ask.ts'
import { withNumbers } from './sqlite-numbers.ts'

/** One connection that reads, opened at the first question. */
export class SqliteReader {
  readonly #open: () => DatabaseSync
  readonly #turns = new InTurn()
  #database: DatabaseSync | null = null
  #isClosed = false

  constructor(open: () => DatabaseSync) {
    this.#open = open
  }

  /** Lends the connection, on which all questions see the same state, to one after the other. */
  snapshot<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
    return this.#turns.do(async () => {
      const database = this.#opened()
      database.exec('begin')
      try {
        return await use(async (statement, parameters = []) => rowsOf(database.prepare(statement), parameters))
      } finally {
        // Nothing was written. An error, or somebody who closes the file, may have ended it already.
        if (database.isOpen && database.isTransaction) database.exec('rollback')
      }
    })
  }

  /** Outside of any snapshot. Throws the error of SQLite. */
  exec(statement: string): void {
    this.#opened().exec(statement)
  }

  close(): void {
    this.#isClosed = true
    if (this.#database?.isOpen === true) this.#database.close()
  }

  #opened(): DatabaseSync {
    if (this.#isClosed) throw new Error('the file has been closed')
    this.#database ??= this.#open()
    return this.#database
  }
}

/** Numbers come as such, which takes half the time, unless one of them is too large for that. */
function rowsOf(statement: StatementSync, parameters: readonly unknown[]): readonly RawRow[] {
  const values = parameters as readonly SQLInputValue[]
  statement.setReadBigInts(false)
  try {
    return statement.all(...values)
  } catch (error) {
    if (codeOrNull(error) !== 'ERR_OUT_OF_RANGE') throw error
    statement.setReadBigInts(true)
    return statement.all(...values).map(withNumbers)
  }
}
