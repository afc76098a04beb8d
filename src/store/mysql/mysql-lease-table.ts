import { type RawBuilder, sql } from 'kysely'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { LeaseRow, LeaseTable } from '../sql/lease-table.ts'
import { StoreError } from '../sql/store-error.ts'
import { MysqlEngine } from './mysql-engine.ts'
import { MysqlLeaseLock } from './mysql-lease-lock.ts'
import type { MysqlStoreOptions } from './mysql-options.ts'
import { MYSQL_LEASE_TABLE } from './mysql-schema.ts'

/** What the row is called: later versions may have further leases. */
const NAME = 'daemon'
/** Well below the silence after which a holder counts as dead, so that one that is merely slow is heard in time. */
const DEADLINES = { connectMs: 4_000, acquireMs: 5_000, queryMs: 5_000 }

/**
 * The lease in MySQL or MariaDB, asked over a connection of its own, so that a long reading of definitions never holds up a beat. Where the
 * account may not make or use the table, a lock of that connection stands in for the row. Each kind of holder sees the other.
 */
export function createMysqlLeaseTable(options: MysqlStoreOptions): LeaseTable {
  const engine = new MysqlEngine({ ...options, poolSize: 1, deadlines: DEADLINES })
  return new MysqlLeaseTable(engine, new MysqlLeaseLock(engine, options.database))
}

const HOW_TO_HAVE_A_ROW = `grant this account SELECT, INSERT, UPDATE, DELETE and CREATE on ${MYSQL_LEASE_TABLE.name}, or all but CREATE and create the table by hand, and restart rcron: ${MYSQL_LEASE_TABLE.create.replace(/\s+/g, ' ')};`

type StoredRow = {
  readonly incarnation: string
  readonly installation: string
  readonly host: string
  readonly pid: number
  readonly boot_id: string | null
  readonly beat: number | string
}

class MysqlLeaseTable implements LeaseTable {
  readonly where: string
  readonly #engine: MysqlEngine
  readonly #lock: MysqlLeaseLock
  /** Why the row cannot be had, as the server put it last. */
  #refusal: DatabaseFault | null = null

  constructor(engine: MysqlEngine, lock: MysqlLeaseLock) {
    this.#engine = engine
    this.#lock = lock
    this.where = engine.where
  }

  get weakness(): StoreError | null {
    return this.#refusal === null ? null : new StoreError(this.#refusal.message, HOW_TO_HAVE_A_ROW)
  }

  async read(): Promise<LeaseRow | null> {
    const locked = await this.#lock.read()
    if (locked !== null && this.#lock.isOf(locked.incarnation)) return locked
    return (await this.#readRow()) ?? locked
  }

  async put(row: LeaseRow, instead: LeaseRow | null): Promise<void> {
    const isWritten = this.#refusal === null && (await this.#unlessDenied(() => this.#write(row, instead)))
    if (!isWritten) await this.#lock.take(row.incarnation)
  }

  async beat(incarnation: string): Promise<boolean> {
    if (this.#lock.isOf(incarnation)) return await this.#lock.beat()
    if (this.#refusal !== null) return false
    return await this.#count(incarnation).catch((error: unknown) => {
      if (error instanceof DatabaseFault && error.kind === 'missing-table') return false
      throw error
    })
  }

  async remove({ incarnation }: Pick<LeaseRow, 'incarnation'>): Promise<void> {
    if (this.#lock.isOf(incarnation)) await this.#lock.release()
    // Somebody else's lock ends with its session.
    if (this.#refusal !== null) return
    await this.#ask(sql`delete from rcron_lease where name = ${NAME} and incarnation = ${incarnation}`)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  /** Null also where the row may not be seen. */
  async #readRow(): Promise<LeaseRow | null> {
    let row: LeaseRow | null = null
    await this.#unlessDenied(async () => {
      row = await this.#seen().catch(async (error: unknown) => {
        if (!(error instanceof DatabaseFault) || error.kind !== 'missing-table') throw error
        await this.#ask(sql.raw(MYSQL_LEASE_TABLE.create))
        return await this.#seen()
      })
      this.#refusal = null
    })
    return row
  }

  /** Whether `ask` was done; false, and noted, where the account lacks the right to it. */
  async #unlessDenied(ask: () => Promise<void>): Promise<boolean> {
    try {
      await ask()
      return true
    } catch (error) {
      if (!(error instanceof DatabaseFault) || error.kind !== 'denied') throw error
      this.#refusal = error
      return false
    }
  }

  async #seen(): Promise<LeaseRow | null> {
    const { rows } = await this.#ask(
      sql<StoredRow>`select incarnation, installation, host, pid, boot_id, beat from rcron_lease where name = ${NAME}`,
    )
    const [row] = rows
    if (row === undefined) return null
    const { incarnation, installation, host, pid, boot_id: bootId, beat } = row
    return { incarnation, installation, host, pid, bootId, beat: String(beat) }
  }

  async #count(incarnation: string): Promise<boolean> {
    const changed = await this.#ask(sql`update rcron_lease set beat = beat + 1, beat_at = utc_timestamp()
      where name = ${NAME} and incarnation = ${incarnation}`)
    return (changed.numAffectedRows ?? 0n) > 0n
  }

  async #write(row: LeaseRow, instead: LeaseRow | null): Promise<void> {
    if (instead === null) await this.#insert(row)
    else
      await this.#ask(sql`update rcron_lease set incarnation = ${row.incarnation}, installation = ${row.installation},
        host = ${row.host}, pid = ${row.pid}, boot_id = ${row.bootId}, beat = ${row.beat}, beat_at = utc_timestamp()
        where name = ${NAME} and incarnation = ${instead.incarnation} and beat = ${instead.beat}`)
  }

  /** Who was faster has the row: the reading that follows says so. */
  async #insert({ incarnation, installation, host, pid, bootId, beat }: LeaseRow): Promise<void> {
    await this.#ask(sql`insert ignore into rcron_lease (name, incarnation, installation, host, pid, boot_id, beat, beat_at)
      values (${NAME}, ${incarnation}, ${installation}, ${host}, ${pid}, ${bootId}, ${beat}, utc_timestamp())`)
  }

  #ask<Row>(statement: RawBuilder<Row>) {
    return this.#engine.writeIdempotent((db) => statement.execute(db))
  }
}
