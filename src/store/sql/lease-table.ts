import type { StoreError } from './store-error.ts'

/** A daemon as others are told of it. Read from the database, it is what somebody wrote there. */
export type LeaseOwner = {
  /** What names the installation: the same at every start of it. Null if the database does not tell. */
  readonly installation: string | null
  /** Where the database does not tell: the client by which it knows the daemon, in words. */
  readonly host: string
  /** Null if the database does not tell. */
  readonly pid: number | null
  /** The boot of the machine in which it started; null if that has no name. */
  readonly bootId: string | null
}

/** The one row of the lease. */
export type LeaseRow = LeaseOwner & {
  /** Made for each holding of the lease, so that a restart is another one. */
  readonly incarnation: string
  /** Counts up while the holder lives. Compared, never judged by a clock. */
  readonly beat: string
}

/**
 * The row by which daemons find one another on a database. Methods reject with a DatabaseFault. What a write came to is found out by
 * reading: an answer that was lost proves nothing.
 */
export interface LeaseTable {
  /** Names the database in messages. */
  readonly where: string
  /** Why there is no row, so that the lease holds on one server alone and not on a whole cluster, and what to do; null if there is one. */
  readonly weakness: StoreError | null
  /** Null if nobody holds the lease. Makes the table where it is missing. */
  read(): Promise<LeaseRow | null>
  /** Puts `row` where `instead` stands now (null: no row); where anything else stands, does nothing. */
  put(row: LeaseRow, instead: LeaseRow | null): Promise<void>
  /** Counts up; false if the row is not this incarnation's. */
  beat(incarnation: string): Promise<boolean>
  /** Removes `row`, unless it has changed hands. */
  remove(row: Pick<LeaseRow, 'incarnation'>): Promise<void>
  /** Never rejects. */
  close(): Promise<void>
}
