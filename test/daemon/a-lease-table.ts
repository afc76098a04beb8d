import { DatabaseFault, type FaultKind } from '../../src/store/sql/database-fault.ts'
import type { LeaseOwner, LeaseRow, LeaseTable } from '../../src/store/sql/lease-table.ts'
import type { StoreError } from '../../src/store/sql/store-error.ts'

/** The row in memory, shared by all that a test connects to it. */
export class ALeaseTable implements LeaseTable {
  readonly where = 'MySQL at db, database rcron'
  row: LeaseRow | null = null
  weakness: StoreError | null = null
  /** What every question fails with while it is set. */
  fault: FaultKind | null = null

  async read(): Promise<LeaseRow | null> {
    this.#ask()
    return this.row
  }

  async put(row: LeaseRow, instead: LeaseRow | null): Promise<void> {
    this.#ask()
    const { row: found } = this
    if (found?.incarnation === instead?.incarnation && found?.beat === instead?.beat) this.row = row
  }

  async beat(incarnation: string): Promise<boolean> {
    this.#ask()
    if (this.row?.incarnation !== incarnation) return false
    this.row = { ...this.row, beat: String(Number(this.row.beat) + 1) }
    return true
  }

  async remove({ incarnation }: Pick<LeaseRow, 'incarnation'>): Promise<void> {
    this.#ask()
    if (this.row?.incarnation === incarnation) this.row = null
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #ask(): void {
    if (this.fault === null) return
    throw new DatabaseFault({ kind: this.fault, message: `${this.where}: it failed`, hint: null })
  }
}

export const OWNER: LeaseOwner = { installation: 'a'.repeat(32), host: 'cron1.example', pid: 4711, bootId: 'boot-1' }
