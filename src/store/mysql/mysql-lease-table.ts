import { type RawBuilder, sql } from 'kysely'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { LeaseRow, LeaseTable } from '../sql/lease-table.ts'
import { MysqlEngine } from './mysql-engine.ts'
import type { MysqlStoreOptions } from './mysql-options.ts'
import { MYSQL_LEASE_TABLE } from './mysql-schema.ts'

/** What the row is called: later versions may have further leases. */
const NAME = 'daemon'
/** Well below the silence after which a holder counts as dead, so that one that is merely slow is heard in time. */
const DEADLINES = { connectMs: 4_000, acquireMs: 5_000, queryMs: 5_000 }

/** The lease in MySQL or MariaDB, asked over a connection of its own, so that a long reading of definitions never holds up a beat. */
export function createMysqlLeaseTable(options: MysqlStoreOptions): LeaseTable {
  return new MysqlLeaseTable(new MysqlEngine({ ...options, poolSize: 1, deadlines: DEADLINES }))
}

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

  constructor(engine: MysqlEngine) {
    this.#engine = engine
    this.where = engine.where
  }

  async read(): Promise<LeaseRow | null> {
    try {
      return await this.#read()
    } catch (error) {
      if (!(error instanceof DatabaseFault) || error.kind !== 'missing-table') throw error
      await this.#ask(sql.raw(MYSQL_LEASE_TABLE.create))
      return await this.#read()
    }
  }

  async put(row: LeaseRow, instead: LeaseRow | null): Promise<void> {
    if (instead === null) await this.#insert(row)
    else
      await this.#ask(sql`update rcron_lease set incarnation = ${row.incarnation}, installation = ${row.installation},
        host = ${row.host}, pid = ${row.pid}, boot_id = ${row.bootId}, beat = ${row.beat}, beat_at = utc_timestamp()
        where name = ${NAME} and incarnation = ${instead.incarnation} and beat = ${instead.beat}`)
  }

  async beat(incarnation: string): Promise<boolean> {
    const changed = await this.#ask(sql`update rcron_lease set beat = beat + 1, beat_at = utc_timestamp()
      where name = ${NAME} and incarnation = ${incarnation}`)
    return (changed.numAffectedRows ?? 0n) > 0n
  }

  async remove({ incarnation }: Pick<LeaseRow, 'incarnation'>): Promise<void> {
    await this.#ask(sql`delete from rcron_lease where name = ${NAME} and incarnation = ${incarnation}`)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  async #read(): Promise<LeaseRow | null> {
    const { rows } = await this.#ask(
      sql<StoredRow>`select incarnation, installation, host, pid, boot_id, beat from rcron_lease where name = ${NAME}`,
    )
    const [row] = rows
    if (row === undefined) return null
    const { incarnation, installation, host, pid, boot_id: bootId, beat } = row
    return { incarnation, installation, host, pid, bootId, beat: String(beat) }
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
