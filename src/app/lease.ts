import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import { FileLease } from '../daemon/file-lease.ts'
import type { DatabaseTaken, Lease } from '../daemon/lease.ts'
import { RowLease } from '../daemon/row-lease.ts'
import { findDaemon, takeStateLock } from '../daemon/system-state-lock.ts'
import { installationId } from '../dispatch/system-installation-id.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'
import { localBootId } from '../platform/process-identity.ts'

/** What a lease is timed by, and who is told of it. */
export type LeaseParts = { readonly clock: Clock; readonly log: Log }

/** The lease on the database of `config`: a row where machines can share it, a lock beside it where it is a file. */
export async function composeLease(config: Config, { clock, log }: LeaseParts): Promise<Lease> {
  const { database, stateDirectory, hostname: host } = config
  if (database.kind === 'sqlite') {
    const directory = `${realPath(database.path)}.daemon`
    return new FileLease({
      log,
      where: `SQLite at ${database.path}`,
      lock: () => takeStateLock(directory, clock),
      findHolder: () => findDaemon(directory),
    })
  }
  const { createMysqlLeaseTable } = await import('../store/mysql/mysql-lease-table.ts')
  const installation = installationId(stateDirectory, log)
  const owner = { installation, host, pid: process.pid, bootId: localBootId() }
  return new RowLease({ table: createMysqlLeaseTable(database), owner, clock, log })
}

/** One file has one lock, by whatever links it is reached. The file itself may not have been made yet. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return join(realDirectory(dirname(path)), basename(path))
  }
}

function realDirectory(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // It is made with the database; until then it has no other name.
  }
}

/** The lease of a daemon, which follows its settings from one database to another. */
export class FollowingLease {
  readonly #parts: LeaseParts
  readonly #lost = new AbortController()
  #config: Config
  #lease: Lease | null = null

  constructor(config: Config, parts: LeaseParts) {
    this.#config = config
    this.#parts = parts
  }

  /** Aborts when another living daemon turns out to have the database. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Rejects with a DatabaseTaken if another living daemon has the database. */
  async take(stop: AbortSignal): Promise<void> {
    this.#lease = await this.#takeOf(this.#config, stop)
  }

  /** Moves on where `next` names another database, or reaches it otherwise. Rejects where that one is taken, and stays then. */
  async follow(next: Config, stop: AbortSignal): Promise<void> {
    if (JSON.stringify(next.database) === JSON.stringify(this.#config.database)) return
    await this.#lease?.release()
    try {
      this.#lease = await this.#takeOf(next, stop)
      this.#config = next
    } catch (error) {
      this.#lease = await this.#takeOf(this.#config, stop)
      throw error
    }
  }

  /** As a lease's: aborts `lost` where another daemon has taken over. */
  async confirm(): Promise<void> {
    await this.#lease?.confirm()
  }

  /** Never rejects. */
  async release(): Promise<void> {
    await this.#lease?.release()
  }

  async #takeOf(config: Config, stop: AbortSignal): Promise<Lease> {
    const lease = await composeLease(config, this.#parts)
    lease.onLost((why) => this.#lose(why))
    try {
      await lease.take(stop)
      return lease
    } catch (error) {
      await lease.release()
      throw error
    }
  }

  #lose(why: DatabaseTaken): void {
    this.#parts.log.alarm(
      { err: why },
      'another daemon has taken over the database; stopping, so that nothing runs twice',
    )
    this.#lost.abort(why)
  }
}
