import { connect, type Socket } from 'node:net'
import type { MysqlPool, MysqlPoolConnection } from 'kysely'
import { createPool, type Pool, type PoolConnection } from 'mysql2'
import { isLoopback } from '../../domain/loopback.ts'
import { faultOfDriver } from './mysql-answer.ts'
import { onGreeting } from './mysql-greeting.ts'
import { MYSQL_DEADLINES, type MysqlDeadlines, type MysqlStoreOptions, poolOptionsOf } from './mysql-options.ts'
import { PASSWORD_KEPT } from './mysql-password.ts'
import { setSession } from './mysql-session.ts'
import { ConnectionAborted, TimedConnection } from './mysql-timed-connection.ts'

const CLOSE_MS = 2_000
const CLOSED = new ConnectionAborted('closed', 'the store has been closed')

/**
 * mysql2's pool, with a deadline on all that waits. A connection that misses one is destroyed, socket and all, and with it the
 * idle ones, which most likely share its fate: the pool's places are never used up by connections that nobody answers.
 */
export class DeadlinePool implements MysqlPool {
  readonly #pool: Pool
  readonly #deadlines: MysqlDeadlines
  readonly #sockets = new Set<Socket>()
  /** By the configuration object that mysql2 makes for each connection: all that a connection and its socket share. */
  readonly #socketOf = new WeakMap<object, Socket>()
  readonly #known = new WeakMap<PoolConnection, TimedConnection>()
  readonly #open = new Set<TimedConnection>()
  readonly #idle = new Set<TimedConnection>()
  #closing: Promise<void> | null = null
  #isMariadb = false

  constructor(options: MysqlStoreOptions) {
    this.#deadlines = { ...MYSQL_DEADLINES, ...options.deadlines }
    this.#pool = createPool({
      ...poolOptionsOf(options, this.#deadlines),
      stream: ({ config }: { readonly config: object }) => this.#dial(options, config),
    })
    // mysql2 takes its own listener away after the first error; a second one must not end the process.
    this.#pool.on('connection', (connection) => connection.on('error', () => this.#known.get(connection)?.destroy()))
  }

  /** What the server that answered last calls itself: its own error numbers mean something else than MySQL's. */
  get isMariadb(): boolean {
    return this.#isMariadb
  }

  getConnection(callback: (error: unknown, connection: MysqlPoolConnection) => void): void {
    this.#acquire().then(
      (connection) => callback(null, connection),
      (error: unknown) => (callback as (error: unknown) => void)(error),
    )
  }

  /** Lends a connection until `use` has ended. */
  async lend<Result>(use: (connection: TimedConnection) => Promise<Result>): Promise<Result> {
    const connection = await this.#acquire()
    try {
      return await use(connection)
    } finally {
      connection.release()
    }
  }

  end(callback: (error: unknown) => void): void {
    this.close().then(() => callback(null), callback)
  }

  /** Ends every connection, by force after a while. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #acquire(): Promise<TimedConnection> {
    if (this.#closing !== null) throw CLOSED
    const raw = await this.#withinDeadline().catch((error: unknown) => {
      throw this.#closing === null ? error : CLOSED
    })
    const known = this.#known.get(raw)
    if (known !== undefined) {
      this.#idle.delete(known)
      return known
    }
    const fresh = this.#timed(raw)
    await setSession((sql) => fresh.ask(sql)).catch((error: unknown) => {
      fresh.destroy()
      throw error
    })
    return fresh
  }

  #timed(raw: PoolConnection): TimedConnection {
    const socket = this.#socketOf.get(raw.config) ?? null
    const timed = new TimedConnection(raw, {
      socket,
      queryMs: this.#deadlines.queryMs,
      released: (connection) => this.#idle.add(connection),
      broken: () => this.#dropIdle(),
    })
    this.#known.set(raw, timed)
    this.#open.add(timed)
    socket?.once('close', () => {
      this.#open.delete(timed)
      this.#idle.delete(timed)
    })
    return timed
  }

  #withinDeadline(): Promise<PoolConnection> {
    const { acquireMs } = this.#deadlines
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        reject(new ConnectionAborted('late', `no connection became free within ${acquireMs} ms`))
      }, acquireMs)
      this.#pool.getConnection((error, connection) => {
        clearTimeout(timer)
        if (late) connection?.release()
        else if (error) reject(faultOfDriver(error))
        else resolve(connection)
      })
    })
  }

  #dropIdle(): void {
    const idle = [...this.#idle]
    this.#idle.clear()
    for (const connection of idle) connection.destroy()
  }

  #dial({ host, port, tls }: MysqlStoreOptions, config: object): Socket {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 15_000 })
    onGreeting(socket, ({ offersTls, isMariadb }) => {
      this.#isMariadb = isMariadb
      if (offersTls || tls === null || tls.isRequired) return
      // mysql2 reads both when the greeting reaches it, which is after us.
      Object.assign(config, { ssl: undefined }, isLoopback(host) ? {} : { authPlugins: PASSWORD_KEPT })
    })
    this.#sockets.add(socket)
    this.#socketOf.set(config, socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS)
      this.#pool.end(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    for (const connection of this.#open) connection.destroy()
    for (const socket of this.#sockets) socket.destroy()
  }
}
