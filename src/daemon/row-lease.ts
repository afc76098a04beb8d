import { randomBytes } from 'node:crypto'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { within } from '../platform/waiting/within.ts'
import type { LeaseOwner, LeaseRow, LeaseTable } from '../store/sql/lease-table.ts'
import { StoreError } from '../store/sql/store-error.ts'
import { DatabaseTaken, type Lease } from './lease.ts'
import { type Instant, Standstill } from './standstill.ts'
import { type Sign, watchHolder } from './watch-holder.ts'

/** The row that one daemon at a time may hold. */
export type RowLeaseParts = {
  readonly table: LeaseTable
  readonly owner: LeaseOwner
  readonly clock: Clock
  readonly log: Log
}

/** So often that a second daemon sees within its first seconds that the first one lives. */
export const BEAT_MS = 2_000
/** Longer than a database that loses one of its nodes stalls, shorter than the minute within which a dead daemon is to make room. */
export const SILENCE_MS = 30_000
/**
 * An answer to a question that is older says nothing of now. Below the silence after which another daemon takes over, and above what lies
 * between the beginning of one question and the end of the next where both wait for their deadlines.
 */
const DOUBT_MS = 25_000
/** The minute's firings wait for an answer no longer: a database that is away is no reason not to work. */
const CONFIRM_MS = 5_000
/** Of a row that this installation left behind on another boot or machine: only a copy of the state directory could be alive. */
const OWN_SILENCE_MS = 3 * BEAT_MS
/** A table whose answers contradict its writes is asked no more often than this at a time. */
const ROUNDS = 5

/**
 * A lease that is a row with a counter. Chosen over a lock of the server (GET_LOCK), which stands in where the table cannot be had: a row names
 * its holder, is the same on every node of a cluster, and survives a failover and a broken connection. Nobody compares clocks: a holder is alive while its counter moves, and dead when
 * the watcher, by its own monotonic clock, has seen it stand still for half a minute.
 */
export class RowLease implements Lease {
  readonly #parts: RowLeaseParts
  readonly #incarnation = randomBytes(16).toString('hex')
  readonly #over = new AbortController()
  #tell: (why: DatabaseTaken) => void = () => undefined
  #keeping: Promise<void> | null = null
  /** The question under way: one at a time. */
  #asking: Promise<void> | null = null
  /** When it began: its answer may be seen much later. */
  #askedAt: Instant
  readonly #standstill: Standstill
  #isHeld = false
  /** By the monotonic clock, when the database last heard of this daemon; null while that is reported as overdue. */
  #heardAt: number | null = null
  /** Why it cannot be asked for: reported once. */
  #fault: string | null = null
  #isWeaknessTold = false

  constructor(parts: RowLeaseParts) {
    this.#parts = parts
    this.#standstill = new Standstill(parts.clock, DOUBT_MS)
    this.#askedAt = this.#standstill.now()
  }

  async take(stop: AbortSignal): Promise<void> {
    const holder = await this.#tried(AbortSignal.any([stop, this.#over.signal]))
    if (holder !== null) throw this.#taken(holder)
    this.#standstill.knownAsOf(this.#askedAt)
    this.#keeping = this.#keep()
  }

  async look(stop: AbortSignal): Promise<void> {
    const { table } = this.#parts
    try {
      const row = await table.read()
      if (row === null || this.#isOfPredecessor(row)) return
      const sign = await this.#watch(row, stop)
      if (sign === 'alive') throw this.#taken(row)
      // Or every tick would wait as long for the same dead daemon.
      if (sign === 'dead') await table.remove(row)
    } catch (error) {
      this.#note(error)
    }
  }

  async confirm(): Promise<void> {
    // Once more where it stood still while it waited.
    while (this.#standstill.isPast && !this.#over.signal.aborted) {
      const begun = this.#standstill.now()
      const waited = new AbortController()
      await Promise.race([this.#askUntilKnown(), this.#parts.clock.sleep(CONFIRM_MS, waited.signal)])
      waited.abort()
      // Without an answer as well: one standstill delays one minute.
      this.#standstill.knownAsOf(begun)
    }
  }

  onLost(listener: (why: DatabaseTaken) => void): void {
    this.#tell = listener
  }

  async release(): Promise<void> {
    const { table, clock } = this.#parts
    this.#over.abort()
    // What cannot be released in time is free after its silence.
    const given = () => table.remove({ incarnation: this.#incarnation }).catch(() => undefined)
    if (this.#isHeld) await within(clock, BEAT_MS, given())
    await table.close()
    await this.#keeping
  }

  async #keep(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#over
    while (!signal.aborted) {
      await clock.sleep(BEAT_MS, signal)
      if (!signal.aborted) await this.#ask()
    }
  }

  /** A question that was under way during the standstill has an answer from before it. */
  async #askUntilKnown(): Promise<void> {
    while (this.#standstill.isPast && !this.#over.signal.aborted) await this.#ask()
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#askOnce().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** One that fails is as good as one that is answered: the database says nothing then. */
  async #askOnce(): Promise<void> {
    this.#askedAt = this.#standstill.now()
    const holder = await this.#beat(this.#over.signal)
    this.#standstill.knownAsOf(this.#askedAt)
    if (holder === null || this.#over.signal.aborted) return
    this.#over.abort()
    this.#tell(this.#taken(holder))
  }

  /** Null unless another living daemon has the lease. */
  async #beat(stop: AbortSignal): Promise<LeaseRow | null> {
    const { table, clock } = this.#parts
    try {
      if (this.#isHeld && (await table.beat(this.#incarnation))) {
        this.#heardAt = clock.monotonic()
        return null
      }
      return await this.#attempt(stop)
    } catch (error) {
      this.#note(error)
      this.#sayOverdue()
      return null
    }
  }

  /** As `#attempt`; a database that cannot be asked is noted, and is no reason not to work. */
  async #tried(stop: AbortSignal): Promise<LeaseRow | null> {
    try {
      return await this.#attempt(stop)
    } catch (error) {
      this.#note(error)
      return null
    }
  }

  /** Takes the lease, or resolves with the living daemon that has it. */
  async #attempt(stop: AbortSignal): Promise<LeaseRow | null> {
    const { table, owner } = this.#parts
    for (let round = 0; round < ROUNDS && !stop.aborted; round += 1) {
      this.#askedAt = this.#standstill.now()
      const row = await table.read()
      if (row?.incarnation === this.#incarnation) return this.#hold()
      const sign = row === null || this.#isOfPredecessor(row) ? 'dead' : await this.#watch(row, stop)
      if (sign === 'alive') return row
      if (sign === 'dead') await table.put({ ...owner, incarnation: this.#incarnation, beat: '1' }, row)
    }
    return null
  }

  #hold(): null {
    const { log, clock } = this.#parts
    if (this.#fault !== null) log.info({}, 'lease on the database confirmed again')
    this.#isHeld = true
    this.#fault = null
    this.#heardAt = clock.monotonic()
    this.#tellWeakness()
    return null
  }

  #tellWeakness(): void {
    const { table, log } = this.#parts
    if (this.#isWeaknessTold || table.weakness === null) return
    this.#isWeaknessTold = true
    log.warn(
      { err: table.weakness },
      'cannot use rcron_lease: a server lock (GET_LOCK) keeps a second daemon out, but not one on another node of a Galera cluster',
    )
  }

  /** The lock on the state directory proves that who had it in this boot is gone. */
  #isOfPredecessor({ installation, bootId }: LeaseRow): boolean {
    const { owner } = this.#parts
    return installation === owner.installation && bootId !== null && bootId === owner.bootId
  }

  #watch(row: LeaseRow, stop: AbortSignal): Promise<Sign> {
    const isOwn = row.installation === this.#parts.owner.installation
    return watchHolder(row, { ...this.#parts, stop, silenceMs: isOwn ? OWN_SILENCE_MS : SILENCE_MS })
  }

  #taken(holder: LeaseRow): DatabaseTaken {
    const { pid, host } = holder
    return new DatabaseTaken(this.#parts.table.where, pid === null ? host : `process ${pid} on ${host}`)
  }

  #note(error: unknown): void {
    if (!(error instanceof StoreError)) throw error
    if (this.#fault === error.message || this.#over.signal.aborted) return
    this.#fault = error.message
    this.#parts.log.warn({ err: error }, 'cannot confirm the lease on the database; retrying')
  }

  #sayOverdue(): void {
    const { clock, log } = this.#parts
    if (this.#heardAt === null || clock.monotonic() - this.#heardAt < SILENCE_MS) return
    this.#heardAt = null
    log.warn({}, 'lease on the database not renewed for 30 s; another daemon could start now')
  }
}
