import { OperatorError } from '../domain/errors.ts'
import type { Log } from '../platform/log/log.ts'
import { DatabaseTaken, type Lease } from './lease.ts'

/** The file that one daemon at a time may hold. */
export type FileLeaseParts = {
  /** Names the database in messages. */
  readonly where: string
  /** Takes a lock beside the database file that the kernel lets go when this process ends; rejects with an OperatorError where another has it. */
  readonly lock: () => Promise<{ readonly weakness: string | null; release(): void }>
  /** Who has it, in words; null where nobody has. */
  readonly findHolder: () => string | null
  readonly log: Log
}

/** The lease on a database in a file, which only processes of one machine share: a lock there needs no sign of life. */
export class FileLease implements Lease {
  readonly #parts: FileLeaseParts
  #release: () => void = () => undefined

  constructor(parts: FileLeaseParts) {
    this.#parts = parts
  }

  async take(): Promise<void> {
    const { lock, log } = this.#parts
    try {
      const { weakness, release } = await lock()
      this.#release = release
      if (weakness !== null) log.warn({ reason: weakness }, 'another daemon on this database would not be detected')
    } catch (error) {
      throw error instanceof OperatorError ? this.#taken(error) : error
    }
  }

  async look(): Promise<void> {
    if (this.#parts.findHolder() !== null) throw this.#taken()
  }

  async confirm(): Promise<void> {
    // A lock that is held stays held, however long its process stands still.
  }

  onLost(): void {
    // A lock that is held stays held.
  }

  async release(): Promise<void> {
    this.#release()
  }

  #taken(cause?: OperatorError): DatabaseTaken {
    const { where, findHolder } = this.#parts
    return new DatabaseTaken(where, `${findHolder() ?? 'an unknown process'} on this machine`, { cause })
  }
}
