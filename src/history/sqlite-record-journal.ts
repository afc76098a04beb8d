import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { isAlive, ownIdentity, type ProcessIdentity } from '../platform/process-identity.ts'
import type { RunRecord } from '../store/runs/run-recorder.ts'
import type { JournaledRecord, RecordJournal } from './record-journal.ts'
import type { SqliteJournal } from './sqlite-journal.ts'

/** More than any store keeps. */
const ERRORS_CHARACTERS = 1000

/** Where the journal lies, and whose records it holds. */
export type SqliteRecordJournalParts = {
  readonly file: SqliteJournal
  /** The name of the database that records go to: those of another one wait until that is in use again. */
  readonly store: () => string
  /** The process that answers for what is added. Absent: this one. */
  readonly holder?: ProcessIdentity
}

/** The journal in a file of the state directory, which the processes of an installation share. */
export class SqliteRecordJournal implements RecordJournal {
  readonly #parts: SqliteRecordJournalParts
  readonly #holder: ProcessIdentity
  /** What is in the journal and this process answers for. */
  readonly #own = new Set<number>()
  /** What the store has, and could not be taken out. */
  readonly #removed = new Set<number>()
  #isRemoving = false

  constructor(parts: SqliteRecordJournalParts) {
    this.#parts = parts
    this.#holder = parts.holder ?? ownIdentity()
  }

  add(record: RunRecord): JournaledRecord {
    const entry = this.#parts.file.use(({ add }) => this.#insert(add, record))
    if (entry !== null) this.#own.add(entry)
    return { record, entry }
  }

  remove({ entry }: JournaledRecord): void {
    if (entry === null) return
    this.#own.delete(entry)
    // In one piece with what else the store takes in this turn.
    if (!this.#isRemoving) setImmediate(() => this.#removeAll())
    this.#isRemoving = true
    this.#removed.add(entry)
  }

  #removeAll(): void {
    this.#isRemoving = false
    this.#parts.file.use((open) => {
      open.remove.run(JSON.stringify([...this.#removed]))
      this.#removed.clear()
    })
  }

  takeOver(): readonly JournaledRecord[] {
    return this.#parts.file.use(({ database }) => this.#takeOver(database)) ?? []
  }

  [Symbol.dispose](): void {
    if (this.#removed.size > 0) this.#removeAll()
  }

  #insert(add: StatementSync, { cronId, lastRun, durationMs, errors }: RunRecord): number {
    const { pid, start, boot } = this.#holder
    const values = [this.#parts.store(), cronId, Math.round(lastRun), durationMs, errors?.slice(0, ERRORS_CHARACTERS)]
    const { lastInsertRowid } = add.run(...values.map((value) => value ?? null), pid, start, boot)
    return Number(lastInsertRowid)
  }

  #takeOver(database: DatabaseSync): readonly JournaledRecord[] {
    database.exec('begin immediate')
    try {
      const rows = database
        .prepare('select * from waiting_record where store = ? order by entry')
        .all(this.#parts.store())
        .map(rowOf)
        .filter((row) => this.#isLeft(row))
      const { pid, start, boot } = this.#holder
      const take = database.prepare('update waiting_record set pid = ?, start = ?, boot = ? where entry = ?')
      for (const { entry } of rows) take.run(pid, start, boot, entry)
      database.exec('commit')
      for (const { entry } of rows) this.#own.add(entry)
      return rows.map(({ entry, record }) => ({ entry, record }))
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }

  /** By a process that has gone; one of this one's number and start was an earlier one, where it is not among its own. */
  #isLeft({ entry, holder }: Row): boolean {
    if (this.#own.has(entry) || this.#removed.has(entry)) return false
    const { pid, start, boot } = this.#holder
    const isOwn = holder.pid === pid && holder.start === start && holder.boot === boot
    return isOwn || !isAlive(holder)
  }
}

type Row = { readonly entry: number; readonly record: RunRecord; readonly holder: ProcessIdentity }

function rowOf(row: Readonly<Record<string, unknown>>): Row {
  const { entry, cron_id, last_run, duration_ms, errors, pid, start, boot } = row
  return {
    entry: Number(entry),
    record: {
      cronId: Number(cron_id),
      lastRun: Number(last_run),
      durationMs: duration_ms === null ? null : Number(duration_ms),
      errors: errors === null ? null : String(errors),
    },
    holder: { pid: Number(pid), start: String(start), boot: String(boot) },
  }
}
