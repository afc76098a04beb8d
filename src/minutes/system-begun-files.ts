import { closeSync, constants, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Minute } from '../domain/minute.ts'
import { codeOf } from '../platform/error-code.ts'
import { readOwnFile, removeFile } from '../platform/files/own-file.ts'

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
const NAME = /^minute-(\d+)\.begun$/
/** Ids of 8 digits of two million crons. */
const MAX_BYTES = 18 * 1024 * 1024

/**
 * For each open minute a file that grows by the id of each cron that has begun in it. One small append for each, and no more: what a
 * process has written survives its end.
 */
export class SystemBegunFiles {
  readonly #directories: readonly string[]
  readonly #open = new Map<Minute, number>()

  /** Written in the first of `directories` that takes it. */
  constructor(directories: readonly string[]) {
    this.#directories = directories
  }

  /** Throws the error of the file system where no directory takes it. */
  note(minute: Minute, crons: readonly number[]): void {
    const descriptor = this.#open.get(minute) ?? this.#create(minute)
    writeSync(descriptor, crons.map((id) => `${id}\n`).join(''))
  }

  /** What was noted of the minute, by whichever process. Throws where a file cannot be read. */
  read(minute: Minute): ReadonlySet<number> {
    const texts = this.#directories.map((directory) => textOf(join(directory, nameOf(minute))))
    // The last line is torn where the machine went down while it was written.
    const lines = texts.flatMap((text) => text.split('\n').slice(0, -1))
    return new Set(lines.filter((line) => /^\d+$/.test(line)).map(Number))
  }

  /** Removes what this process has noted of all other minutes; fine where that fails. */
  keep(minutes: readonly Minute[]): void {
    for (const [minute, descriptor] of this.#open) {
      if (minutes.includes(minute)) continue
      this.#open.delete(minute)
      closeSync(descriptor)
      for (const directory of this.#directories) tryToRemove(join(directory, nameOf(minute)))
    }
  }

  /** Removes what earlier processes have noted of all other minutes; fine where that fails. */
  sweep(minutes: readonly Minute[]): void {
    for (const directory of this.#directories) {
      for (const name of namesIn(directory)) {
        const minute = NAME.exec(name)?.[1]
        if (minute !== undefined && !minutes.includes(Number(minute) as Minute)) tryToRemove(join(directory, name))
      }
    }
  }

  #create(minute: Minute): number {
    let failure: unknown
    for (const directory of this.#directories) {
      try {
        const descriptor = openSync(join(directory, nameOf(minute)), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0o600)
        this.#open.set(minute, descriptor)
        return descriptor
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

function nameOf(minute: Minute): string {
  return `minute-${minute}.begun`
}

function textOf(path: string): string {
  try {
    return readOwnFile(path, MAX_BYTES) ?? ''
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return '' // A place that takes nothing.
    throw error
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return [] // Not there yet: nothing is noted in it.
  }
}

function tryToRemove(path: string): void {
  try {
    removeFile(path)
  } catch {
    // A read-only directory; swept at the next start.
  }
}
