import type { Socket } from 'node:net'
import type { MysqlPoolConnection, MysqlQueryResult } from 'kysely'
import type { PoolConnection, QueryOptions } from 'mysql2'
import { answerFault } from './mysql-answer.ts'

/** Nothing more will come of a question: a deadline passed, or the store was closed. */
export class ConnectionAborted extends Error {
  override readonly name = 'BrokenOff'
  readonly kind: 'late' | 'closed'

  constructor(kind: 'late' | 'closed', message: string) {
    super(message)
    this.kind = kind
  }
}

/** The deadlines of one connection, and what it tells when one has passed. */
export type TimedConnectionOptions = {
  readonly socket: Socket | null
  readonly queryMs: number
  /** Called when the connection goes back to the pool in good health. */
  readonly released: (connection: TimedConnection) => void
  /** Called once, when the connection missed a deadline or broke. */
  readonly broken: (connection: TimedConnection) => void
}

type Answer = (error: unknown, result: MysqlQueryResult) => void

/** A pooled connection whose every statement has a deadline; missing it ends the connection. */
export class TimedConnection implements MysqlPoolConnection {
  readonly #raw: PoolConnection
  readonly #options: TimedConnectionOptions
  /** Why nothing can be asked of this connection any more: the first cause is what every later question gets. */
  #ended: unknown = null
  /** Ends the question under way. */
  #giveUp: ((cause: unknown) => void) | null = null

  constructor(raw: PoolConnection, options: TimedConnectionOptions) {
    this.#raw = raw
    this.#options = options
  }

  get config(): object {
    return this.#raw.config
  }

  get threadId(): number {
    return this.#raw.threadId
  }

  connect(callback?: (error: unknown) => void): void {
    callback?.(null)
  }

  query(sql: string, parameters: unknown, callback?: Answer): { readonly stream: () => never } {
    this.ask(sql, parameters).then(
      (result) => callback?.(null, result),
      (error: unknown) => (callback as ((error: unknown) => void) | undefined)?.(error),
    )
    return {
      stream: () => {
        throw new Error('rcron reads in pages, never by a stream')
      },
    }
  }

  /** Rejects with the driver's error, an UnreadableAnswer or a BrokenOff. */
  ask(sql: string, parameters?: unknown): Promise<MysqlQueryResult> {
    const { queryMs } = this.#options
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.#end(new ConnectionAborted('late', `no answer within ${queryMs} ms`)),
        queryMs,
      )
      this.#giveUp = (cause) => {
        clearTimeout(timer)
        reject(cause)
      }
      this.#raw.query({ sql, values: parameters as QueryOptions['values'] }, (error, result) => {
        clearTimeout(timer)
        this.#giveUp = null
        const fault = answerFault(sql, error, result)
        if (isFatal(fault)) this.#end(fault)
        if (fault) reject(fault)
        else resolve(result as MysqlQueryResult)
      })
    })
  }

  release(): void {
    if (this.#ended !== null) return
    this.#options.released(this)
    this.#raw.release()
  }

  /** Gives the place in the pool free at once; a socket that nobody answers on is not waited for. */
  destroy(): void {
    this.#end(new ConnectionAborted('closed', 'the connection has been closed'))
  }

  #end(cause: unknown): void {
    if (this.#ended !== null) return
    this.#ended = cause
    this.#raw.destroy()
    this.#options.socket?.destroy()
    this.#giveUp?.(cause)
    this.#options.broken(this)
  }
}

/** Errors that the server sends as its last word: shutdown, KILL, idle for too long. */
const LAST_WORDS: readonly unknown[] = [1053, 1927, 4031]

function isFatal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('fatal' in error && error.fatal === true) return true
  return 'errno' in error && LAST_WORDS.includes(error.errno)
}
