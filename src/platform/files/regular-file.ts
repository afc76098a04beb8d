import { type BoundedFile, readBoundedFile, stampOf } from './bounded-file.ts'

/** Files that rows name: read again only when they have changed, and once for all who ask at the same time. */
export class RegularFiles {
  readonly #maxBytes: number
  readonly #kept = new Map<string, BoundedFile>()
  readonly #underWay = new Map<string, Promise<BoundedFile>>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Rejects as `readBoundedFile` does. */
  async read(path: string): Promise<BoundedFile> {
    const underWay = this.#underWay.get(path)
    if (underWay !== undefined) return await underWay
    const reading = this.#readIfChanged(path).finally(() => this.#underWay.delete(path))
    this.#underWay.set(path, reading)
    return await reading
  }

  async #readIfChanged(path: string): Promise<BoundedFile> {
    const kept = this.#kept.get(path)
    try {
      if (kept !== undefined && kept.stamp === (await stampOf(path))) return kept
      const file = await readBoundedFile(path, this.#maxBytes)
      this.#kept.set(path, file)
      return file
    } catch (error) {
      this.#kept.delete(path)
      throw error
    }
  }
}
