import { StoreError } from './store-error.ts'

/** What went wrong, as far as anyone decides by it. */
export type FaultKind =
  /** The connection broke, or the query was killed, before the answer came. */
  | 'lost'
  /** Never connected. */
  | 'away'
  /** There is no database yet: it is made together with its tables. */
  | 'not-made'
  /** No answer within the deadline. */
  | 'late'
  /** Asked after `close`. */
  | 'closed'
  /** Connected to something that is not to be trusted, or not offered encryption. */
  | 'untrusted'
  /** Too many connections, or another process holds the write lock. */
  | 'busy'
  | 'denied'
  | 'read-only'
  | 'missing-table'
  | 'missing-column'
  /** The table or column is already there. */
  | 'present'
  | 'duplicate'
  | 'referenced'
  | 'too-long'
  /** The column's character set lacks a character. */
  | 'characters'
  | 'other'

/** What is known of a fault of the database. */
export type FaultDetails = {
  readonly kind: FaultKind
  readonly message: string
  readonly hint: string | null
  /** The column at fault, where the database names one. */
  readonly column?: string | null
}

/** A failure of the database, told apart by kind. */
export class DatabaseFault extends StoreError {
  readonly kind: FaultKind
  readonly column: string | null

  constructor({ kind, message, hint, column = null }: FaultDetails) {
    super(message, hint)
    this.kind = kind
    this.column = column
  }
}
