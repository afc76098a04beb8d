import { dirname } from 'node:path'
import { OperatorError } from '../../domain/errors.ts'
import type { Definitions } from '../../domain/rows.ts'
import type { Clock } from '../../platform/clock.ts'
import { codeOf } from '../../platform/error-code.ts'
import { readBoundedFile } from '../../platform/files/bounded-file.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { setAside } from '../../platform/files/set-aside.ts'
import { replaceFile, sweepTemporaries } from '../../platform/files/whole-file.ts'
import { InTurn } from '../../platform/waiting/in-turn.ts'
import type { CachedDefinitions, DefinitionsCache } from './definitions-cache.ts'
import { framesOf, joinFrames } from './definitions-frames.ts'
import { GenerationFile } from './generation-file.ts'
import { HeaderError } from './sealed-header.ts'
import { openSealed, type SealedIdentity, writeSealed } from './sealed-stream.ts'

const MAX_BYTES = 1024 * 1024 * 1024

/** `database` is the one in force, whose cache may be used: read at each load, since a reload may put another one in force. */
export type SealedCacheParts = SealedIdentity & {
  readonly path: string
  readonly clock: Clock
  /** The database that definitions to be saved came from; `database` where that is not known. */
  readonly databaseOf: (definitions: Definitions) => string | undefined
}

/** Definitions in one file under AES-256-GCM. Their plaintext is in memory alone; a save follows the one before it. */
export class SealedDefinitionsCache implements DefinitionsCache {
  readonly #parts: SealedCacheParts
  readonly #generations: GenerationFile
  /** The newest generation that this process knows of. */
  #generation = 0n
  readonly #saving = new InTurn()

  constructor(parts: SealedCacheParts) {
    this.#parts = parts
    this.#generations = new GenerationFile(parts.path, parts.hexKey)
  }

  async load(): Promise<CachedDefinitions | null> {
    await this.#sweep()
    const bytes = await this.#read()
    if (bytes === null) return null
    try {
      const newest = await this.#generations.read()
      const { generation, plaintext } = await openSealed(bytes, this.#parts)
      if (generation < newest) throw new HeaderError(`it is an older copy: generation ${generation}, newest ${newest}`)
      this.#generation = generation
      return await joinFrames(plaintext)
    } catch (error) {
      throw await this.#refuse(error)
    }
  }

  async save(cached: CachedDefinitions): Promise<void> {
    await this.#saving.do(() => this.#write(cached))
  }

  async #write(cached: CachedDefinitions): Promise<void> {
    const { path, hexKey, databaseOf } = this.#parts
    try {
      makeDirectory(dirname(path))
      await this.#sweep()
      const newest = await this.#generations.read()
      const generation = (newest > this.#generation ? newest : this.#generation) + 1n
      const identity = { hexKey, database: databaseOf(cached.definitions) ?? this.#parts.database }
      await replaceFile(path, (file) => writeSealed(file, identity, generation, framesOf(cached)))
      this.#generation = generation
      await this.#generations.write(generation)
    } catch (error) {
      const message = `cache ${path}: cannot be written (${codeOf(error)}), expected a directory that rcron's user may write, with room left`
      throw new OperatorError(message, 'rcron continues, but could not restart without the database.', { cause: error })
    }
  }

  async #sweep(): Promise<void> {
    await sweepTemporaries(this.#parts.path)
    await sweepTemporaries(this.#generations.path)
  }

  async #read(): Promise<Buffer | null> {
    const { path } = this.#parts
    try {
      return (await readBoundedFile(path, MAX_BYTES)).content
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      throw new OperatorError(`cache ${path}: cannot be read (${codeOf(error)})`, 'rcron uses the store instead.', {
        cause: error,
      })
    }
  }

  async #refuse(error: unknown): Promise<OperatorError> {
    const { path, clock } = this.#parts
    const why = error instanceof HeaderError ? error.message : `it cannot be read (${codeOf(error)})`
    const aside = setAsideOrNull(path, clock.now())
    const hint =
      aside === null
        ? 'It cannot be moved aside; remove it.'
        : `It was moved to ${aside}; rcron writes a new one from the store.`
    return new OperatorError(`cache ${path}: not used, since ${why}`, hint, { cause: error })
  }
}

function setAsideOrNull(path: string, now: number): string | null {
  try {
    return setAside(path, now)
  } catch {
    return null // A read-only directory: what is wrong with the file matters more.
  }
}
