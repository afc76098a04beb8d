import { statSync } from 'node:fs'
import { join } from 'node:path'
import { OperatorError } from '../domain/errors.ts'
import { addMinutes, describeMinute, type Minute, minuteOf } from '../domain/minute.ts'
import type { Clock } from '../platform/clock.ts'
import { codeOf } from '../platform/error-code.ts'
import { UnusableFileError } from '../platform/files/bounded-file.ts'
import { exclusively } from '../platform/files/exclusion.ts'
import { setAside } from '../platform/files/set-aside.ts'
import type { Log } from '../platform/log/log.ts'
import { type Mark, type MinuteMark, NO_MARK, NOTHING_MISSED } from './minute-mark.ts'
import { unionOf } from './plan-ranges.ts'
import { SystemBegunFiles } from './system-begun-files.ts'
import { MARK_FILE_NAME, type MarkEdition, readMarkFile, writeMarkFile } from './system-mark-file.ts'

const TURN_WAIT_MS = 30_000

/** Where the mark is written. */
export type SystemMinuteMarkParts = {
  /** The mark's own place. */
  readonly stateDirectory: string
  /** Another place, best on another file system, for when the first takes no writes. */
  readonly secondDirectory: string
  readonly clock: Clock
  readonly log: Log
}

/** The mark in a file of the state directory, and in one of a second directory where that takes no writes. */
export class SystemMinuteMark implements MinuteMark {
  readonly #parts: SystemMinuteMarkParts
  readonly #paths: readonly string[]
  readonly #begun: SystemBegunFiles
  #edition = 0

  constructor(parts: SystemMinuteMarkParts) {
    this.#parts = parts
    const directories = [parts.stateDirectory, parts.secondDirectory]
    this.#paths = directories.map((directory) => join(directory, MARK_FILE_NAME))
    this.#begun = new SystemBegunFiles(directories)
  }

  async load(): Promise<Mark> {
    const editions = this.#paths.flatMap((path) => this.#read(path) ?? [])
    const mark = joinEditions(editions)
    this.#edition = Math.max(this.#edition, ...editions.map(({ edition }) => edition))
    this.#begun.sweep(mark.open)
    try {
      await this.save(mark)
      return mark
    } catch (error) {
      return this.#assumePlanned(mark, error)
    }
  }

  async save(mark: Mark): Promise<void> {
    this.#edition += 1
    const failures: string[] = []
    for (const path of this.#paths) {
      try {
        writeMarkFile(path, { edition: this.#edition, mark })
        this.#begun.keep(mark.open)
        return
      } catch (error) {
        failures.push(`${path}: ${codeOf(error)}`)
      }
    }
    throw new OperatorError(
      `cannot write the minute mark (${failures.join('; ')})`,
      'Free space in the state directory, and let rcron write there.',
    )
  }

  async noteBegun(minute: Minute, crons: readonly number[]): Promise<void> {
    try {
      this.#begun.note(minute, crons)
    } catch (error) {
      throw new OperatorError(
        `cannot record what has begun in ${this.#parts.stateDirectory}: ${codeOf(error)}`,
        'Free space in the state directory, and let rcron write there.',
      )
    }
  }

  async begunIn(minute: Minute): Promise<ReadonlySet<number>> {
    try {
      return this.#begun.read(minute)
    } catch (error) {
      const fields = { minute: describeMinute(minute), reason: error instanceof Error ? error.message : codeOf(error) }
      this.#parts.log.error(fields, 'cannot read what had begun in a minute')
      return new Set()
    }
  }

  async exclusively<T>(use: () => Promise<T>): Promise<T> {
    const { stateDirectory, clock } = this.#parts
    const path = join(stateDirectory, '.minute-mark')
    return await exclusively({ path, clock, waitMs: TURN_WAIT_MS }, use)
  }

  #read(path: string): MarkEdition | null {
    try {
      return readMarkFile(path)
    } catch (error) {
      return this.#readFailed(path, error)
    }
  }

  /** Its minutes are lost, its time is not: nothing was planned after the file was last written. */
  #readFailed(path: string, error: unknown): MarkEdition | null {
    const { clock, log } = this.#parts
    try {
      const changed = minuteOf(statSync(path).mtimeMs)
      if (error instanceof UnusableFileError) setAside(path, clock.now())
      log.error({ path, err: error }, 'cannot use the minute mark; using the time of its file instead')
      const planned = [{ from: changed, to: changed }]
      return { edition: 0, mark: { planned, last: changed, open: [], unreported: NOTHING_MISSED } }
    } catch (cause) {
      log.error({ path, err: error, cause: codeOf(cause) }, 'cannot read the minute mark')
      return null
    }
  }

  #assumePlanned(mark: Mark, error: unknown): Mark {
    const now = minuteOf(this.#parts.clock.now())
    const from = mark.last === null ? now : addMinutes(mark.last, 1)
    if (from > now) return mark
    this.#parts.log.alarm(
      { err: error, minutes: now - from + 1 },
      'cannot write the minute mark: minutes due since the last write may already have run and are not run again',
    )
    return { ...mark, planned: unionOf(mark.planned, [{ from, to: now }]), last: now }
  }
}

function joinEditions(editions: readonly MarkEdition[]): Mark {
  const newest = editions.toSorted((a, b) => b.edition - a.edition)[0]
  if (newest === undefined) return NO_MARK
  const planned = unionOf(...editions.map(({ mark }) => mark.planned))
  return { ...newest.mark, planned, last: newest.mark.last ?? newestOf(planned) }
}

function newestOf(planned: Mark['planned']): Minute | null {
  return planned.at(-1)?.to ?? null
}
