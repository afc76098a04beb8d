import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Minute } from '../domain/minute.ts'
import type { Clock } from '../platform/clock.ts'
import { UnusableFileError } from '../platform/files/bounded-file.ts'
import { fields, listOf, made, oneOf, orNull, pairOf, readJson, text, whole } from '../platform/files/json-shape.ts'
import { readOwnFile, removeFile } from '../platform/files/own-file.ts'
import { setAside } from '../platform/files/set-aside.ts'
import { createFileSync } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'
import { isAlive, isSameProcess, ownIdentity, type ProcessIdentity } from '../platform/process-identity.ts'
import type { FiringLedger, LedgerEntry, OpenEntry, UnfinishedEntry } from './firing-ledger.ts'
import { hasMinute, type MinuteRange } from './plan-ranges.ts'

const { O_APPEND, O_NOFOLLOW, O_WRONLY } = constants
const NAME = /^firings-[0-9a-f]{16}\.begun$/
export const FORMAT = 'rcron-firings-1'
const MAX_BYTES = 64 * 1024 * 1024

const minute = made(whole, (value) => value as Minute)
const header = fields({
  format: oneOf([FORMAT]),
  holder: fields({ pid: whole, start: text, boot: text }),
  minutes: listOf(made(pairOf(minute), ([from, to]): MinuteRange => ({ from, to }))),
  boot: orNull(text),
})

/** Where the ledger's entries lie, and whose they are. */
export type SystemFiringLedgerParts = {
  /** An entry is kept in the first of them that takes it. */
  readonly directories: readonly string[]
  readonly clock: Clock
  readonly log: Log
  /** Whose entries it makes. Absent: this process's. */
  readonly holder?: ProcessIdentity
}

type Header = LedgerEntry & { readonly holder: ProcessIdentity }
type Found = { readonly path: string; readonly entry: Header; readonly begun: ReadonlySet<string> }

/** For each entry a file: what it is, and then a line for each cron that has begun, or is reported. */
export class SystemFiringLedger implements FiringLedger {
  readonly #parts: SystemFiringLedgerParts
  readonly #holder: ProcessIdentity

  constructor(parts: SystemFiringLedgerParts) {
    this.#parts = parts
    this.#holder = parts.holder ?? ownIdentity()
  }

  open({ minutes, boot }: LedgerEntry): OpenEntry {
    const pairs = minutes.map(({ from, to }) => [from, to])
    const content = `${JSON.stringify({ format: FORMAT, holder: this.#holder, minutes: pairs, boot })}\n`
    const path = this.#create(`firings-${randomBytes(8).toString('hex')}.begun`, content)
    if (path === null) return UNWRITTEN
    let isTelling = true
    return {
      begun: (of, crons) => {
        const failure = tryTo(() => append(path, of, crons))
        if (failure !== null && isTelling) this.#tellNotWritten(failure)
        isTelling = failure === null
      },
      close: () => void tryTo(() => removeFile(path)),
    }
  }

  left(): readonly UnfinishedEntry[] {
    return this.#found().map(({ path, entry, begun }) => ({
      minutes: entry.minutes,
      boot: entry.boot,
      hasBegun: (of, cron) => begun.has(lineOf(of, cron)),
      remove: () => {
        const failure = tryTo(() => removeFile(path))
        if (failure !== null)
          this.#parts.log.error(
            { path, err: failure },
            'cannot remove a ledger of firings; missed firings will be reported again',
          )
      },
    }))
  }

  noteFound(of: Minute, crons: readonly number[]): void {
    for (const { path, entry } of this.#found()) {
      const failure = hasMinute(entry.minutes, of) ? tryTo(() => append(path, of, crons)) : null
      if (failure !== null) this.#tellNotWritten(failure)
    }
  }

  #create(name: string, text: string): string | null {
    const failures: unknown[] = []
    for (const directory of this.#parts.directories) {
      const path = join(directory, name)
      const failure = tryTo(() => createFileSync(path, text))
      if (failure === null) return path
      failures.push(failure)
    }
    this.#tellNotWritten(failures[0])
    return null
  }

  #tellNotWritten(failure: unknown): void {
    this.#parts.log.error(
      { err: failure },
      'cannot record which firings have begun; after a crash they would be reported as missed',
    )
  }

  /** Entries of processes that have gone. */
  #found(): readonly Found[] {
    const paths = this.#parts.directories.flatMap((directory) =>
      namesIn(directory).map((name) => join(directory, name)),
    )
    return paths.flatMap((path) => this.#read(path) ?? [])
  }

  #read(path: string): Found | null {
    try {
      const found = readEntry(path)
      return found === null || this.#isHeld(found.entry.holder) ? null : found
    } catch (error) {
      if (error instanceof UnusableFileError) tryTo(() => setAside(path, this.#parts.clock.now()))
      this.#parts.log.error({ path, err: error }, 'cannot read which firings an earlier process had begun')
      return null
    }
  }

  #isHeld(holder: ProcessIdentity): boolean {
    return isSameProcess(holder, this.#holder) || isAlive(holder)
  }
}

const UNWRITTEN: OpenEntry = { begun: () => {}, close: () => {} }

/** Null if there is no file any more. */
function readEntry(path: string): Found | null {
  const content = readOwnFile(path, MAX_BYTES)
  if (content === null) return null
  // The last line is torn where the machine went down while it was written.
  const [first = '', ...lines] = content.split('\n').slice(0, -1)
  return { path, entry: readJson(first, header, 'a ledger'), begun: new Set(lines) }
}

function append(path: string, of: Minute, crons: readonly number[]): void {
  const descriptor = openSync(path, O_WRONLY | O_APPEND | O_NOFOLLOW)
  try {
    writeSync(descriptor, crons.map((cron) => `${lineOf(of, cron)}\n`).join(''))
  } finally {
    closeSync(descriptor)
  }
}

function lineOf(of: Minute, cron: number): string {
  return `${of} ${cron}`
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => NAME.test(name))
  } catch {
    return [] // Not there yet, or a place that takes nothing: nothing is noted in it.
  }
}

/** What `act` throws, else null. */
function tryTo(act: () => unknown): unknown {
  try {
    act()
    return null
  } catch (error) {
    return error
  }
}
