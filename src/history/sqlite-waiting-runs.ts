import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { OperatorError } from '../domain/errors.ts'
import { lastRunAmong } from '../domain/history/last-run.ts'
import type { RunRow } from '../domain/history/run-row.ts'

/** The newest that fit are enough. */
const MOST = 500
const BUSY_MS = 1_000

/** Which of the runs that wait for the store. */
export type WaitingRunQuery =
  | { readonly begins: string }
  | {
      readonly of: { readonly job: string } | { readonly cron: number }
      readonly host: string | null
      readonly attempt: number | null
    }

/** The rows of runs that wait in the journal of another process, read beside it. Disposed of, the file is closed. */
export class SqliteWaitingRuns implements Disposable {
  readonly #path: string
  readonly #store: string
  #database: DatabaseSync | null = null

  /** `store`: the name of the database that the rows go to. */
  constructor(path: string, store: string) {
    this.#path = path
    this.#store = store
  }

  [Symbol.dispose](): void {
    this.#database?.close()
  }

  /** By the beginning of an id: two at most. Of a job or a cron: the last one, or none. Throws an OperatorError where the journal cannot be read. */
  find(query: WaitingRunQuery): readonly RunRow[] {
    const found = this.#candidates(query)
    if ('begins' in query) return found.slice(0, 2).map((each) => this.#whole(each))
    const last = lastRunAmong(found.map(({ entry, row }) => ({ ...row, entry })))
    return found.filter(({ entry }) => entry === last?.entry).map((each) => this.#whole(each))
  }

  #candidates(query: WaitingRunQuery): readonly Found[] {
    const [path, test, value] = conditionOf(query)
    const rows = this.#ask(
      `select entry, row from waiting_history where store = ? and ${within('$.kind')} = 'run' and ${within(path)} ${test} order by entry desc limit ${MOST}`,
      [this.#store, value],
    )
    const runs = rows.map(({ entry, row }) => ({ entry: Number(entry), row: JSON.parse(String(row)).row as RunRow }))
    if ('begins' in query) return runs
    const { host, attempt } = query
    return runs.filter(({ row }) => (host ?? row.host) === row.host && (attempt ?? row.attempt) === row.attempt)
  }

  /** With what it printed, which lies beside it. */
  #whole({ entry, row }: Found): RunRow {
    const statement =
      'select case when json_valid(output) then output end as output from waiting_history where entry = ?'
    const output = this.#ask(statement, [entry])[0]?.['output'] ?? null
    return output === null ? row : { ...row, output: JSON.parse(String(output)) }
  }

  #ask(statement: string, values: readonly (string | number)[]) {
    if (this.#database === null && !existsSync(this.#path)) return []
    try {
      this.#database ??= new DatabaseSync(this.#path, { readOnly: true, timeout: BUSY_MS })
      return this.#database.prepare(statement).all(...values)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `cannot read ${this.#path}, where history waits for the store: ${reason}`
      throw new OperatorError(message, null, { cause: error })
    }
  }
}

type Found = { readonly entry: number; readonly row: RunRow }

/** Null in what is none of rcron's own rows. */
function within(path: string): string {
  return `case when json_valid(row) then json_extract(row, '${path}') end`
}

function conditionOf(query: WaitingRunQuery): readonly [path: string, test: string, value: string | number] {
  if ('begins' in query) return ['$.row.id', "glob ? || '*'", query.begins]
  return 'job' in query.of ? ['$.row.job.name', '= ?', query.of.job] : ['$.row.cron', '= ?', query.of.cron]
}
