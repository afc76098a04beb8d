import { OperatorError } from '../domain/errors.ts'

/** Another installation works on the database: everything would run twice. */
export class DatabaseTaken extends OperatorError {
  override readonly name = 'DatabaseTaken'

  /** `who` is the other daemon in words: process and host. */
  constructor(where: string, who: string, options?: ErrorOptions) {
    super(
      `${where}: another rcron daemon works on it, ${who}; two would run everything twice`,
      'Stop it first, or set RCRON_DATABASE_URL to another database.',
      options,
    )
  }
}

/**
 * The right to be the one installation that works on a database. Where it is unknown whether there is another one, because the
 * database is away, work continues without it: jobs that run late for want of a database would be worse.
 */
export interface Lease {
  /** Asks for it, and holds it from then on. Rejects with a DatabaseTaken if a living daemon has it. Resolves early when `stop` aborts. */
  take(stop: AbortSignal): Promise<void>
  /** As `take`, without holding it. */
  look(stop: AbortSignal): Promise<void>
  /**
   * To be awaited before anything is begun: while this process stood still (SIGSTOP, a paused machine) another daemon may have taken over.
   * Resolves at once where that cannot be; else when the database has answered or failed, after 5 s at the latest. Never rejects.
   */
  confirm(): Promise<void>
  /** Calls `listener`, once, when another living daemon turns out to have it. */
  onLost(listener: (why: DatabaseTaken) => void): void
  /** Releases it. Never rejects. */
  release(): Promise<void>
}
