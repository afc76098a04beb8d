import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { LeaseRow } from '../sql/lease-table.ts'
import type { MysqlEngine } from './mysql-engine.ts'

/** The server ends a session that is silent for so long, and with it a lock whose holder's machine is gone: no longer than a row may be silent. */
const SILENCE_S = 30

type Flag = { readonly yes: number | string | null }
type Asked = { readonly holder: number | null; readonly pulse: number | null; readonly own: number }
type Client = { readonly Id: number | string; readonly User: string; readonly Host: string }

/**
 * The lease as a lock of the server's session (GET_LOCK), for accounts that may not use the table. It lives as long as its connection, so that
 * `engine` must have a single one. Methods reject with a DatabaseFault.
 */
export class MysqlLeaseLock {
  readonly #engine: MysqlEngine
  readonly #name: RawBuilder<unknown>
  /** Taken and let go in turn: who watches sees that the holder lives, whatever account it watches by. */
  readonly #pulse: RawBuilder<unknown>
  #incarnation: string | null = null

  constructor(engine: MysqlEngine, database: string) {
    this.#engine = engine
    this.#name = lockName(database, '')
    this.#pulse = lockName(database, '.beat')
  }

  /** Whether `incarnation` took the lock here, and has not been found to have lost it. */
  isOf(incarnation: string): boolean {
    return this.#incarnation === incarnation
  }

  /** Who holds it, as a row of the table would tell; null if nobody does, and where the server has no such locks. */
  async read(): Promise<LeaseRow | null> {
    const asked = await this.#asked()
    if (asked?.holder !== asked?.own) this.#incarnation = null
    if (asked === null || asked.holder === null) return null
    const { holder, pulse } = asked
    const known = { installation: null, pid: null, bootId: null, beat: String(pulse) }
    if (this.#incarnation !== null) return { ...known, incarnation: this.#incarnation, host: 'this daemon' }
    return { ...known, incarnation: `connection ${holder}`, host: await this.#clientOf(holder) }
  }

  /** Takes it, unless somebody has it. */
  async take(incarnation: string): Promise<void> {
    const isTaken = await this.#engine.writeIdempotent((db) =>
      db.connection().execute(async (connection) => {
        await sql`set session wait_timeout = ${sql.lit(SILENCE_S)}`.execute(connection)
        return (await sql<Flag>`select get_lock(${this.#name}, 0) as yes`.execute(connection)).rows
      }),
    )
    this.#incarnation = isYes(isTaken) ? incarnation : null
  }

  /** Gives a sign of life; false if the lock was lost with its connection. */
  async beat(): Promise<boolean> {
    const isHeld = await this.#ask(sql<Flag>`select if(is_used_lock(${this.#name}) <=> connection_id(),
      if(is_used_lock(${this.#pulse}) is null, get_lock(${this.#pulse}, 0), release_lock(${this.#pulse})) is not null, 0) as yes`)
    if (isYes(isHeld)) return true
    this.#incarnation = null
    return false
  }

  async release(): Promise<void> {
    this.#incarnation = null
    await this.#ask(sql`select release_lock(${this.#pulse}), release_lock(${this.#name})`)
  }

  async #asked(): Promise<Asked | null> {
    try {
      const [asked] = await this.#ask(
        sql<Asked>`select is_used_lock(${this.#name}) as holder, is_used_lock(${this.#pulse}) as pulse, connection_id() as own`,
      )
      return asked ?? null
    } catch (error) {
      if (error instanceof DatabaseFault && error.kind === 'other') return null
      throw error
    }
  }

  /** An account without the right to PROCESS sees its own connections alone. */
  async #clientOf(id: number): Promise<string> {
    const client = (await this.#ask(sql<Client>`show processlist`)).find(({ Id }) => Number(Id) === id)
    if (client === undefined) return `connection ${id} of an account that this one may not see`
    return `user ${client.User} at ${client.Host} (connection ${id})`
  }

  async #ask<Row>(statement: RawBuilder<Row>): Promise<readonly Row[]> {
    return (await this.#engine.writeIdempotent((db) => statement.execute(db))).rows
  }
}

/** In whatever case the database is written, where the server tells none apart. */
function lockName(database: string, suffix: string): RawBuilder<unknown> {
  const [exact, folded] = [database, database.toLowerCase()].map((name) => `rcron.${sha1(name)}${suffix}`)
  return sql`if(@@lower_case_table_names = 0, ${exact}, ${folded})`
}

/** Made here: MySQL has given its own up. */
function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex')
}

function isYes([answer]: readonly Flag[]): boolean {
  return Number(answer?.yes ?? 0) === 1
}
