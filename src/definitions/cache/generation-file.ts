import { createHmac, timingSafeEqual } from 'node:crypto'
import { readBoundedFile } from '../../platform/files/bounded-file.ts'
import { replaceFile } from '../../platform/files/whole-file.ts'
import { deriveKey } from '../../secrets/sealing-keys.ts'

const MAX_BYTES = 200

/**
 * Remembers, in a file beside the cache, the newest generation of it, so that an old copy put back in its place is noticed. The
 * number carries a mark made with the key. Whoever can put back both files, or remove this one, is not noticed: that takes the
 * rights of rcron's own user.
 */
export class GenerationFile {
  readonly path: string
  readonly #key: Buffer

  constructor(cachePath: string, hexKey: string) {
    this.path = `${cachePath}.generation`
    this.#key = deriveKey(hexKey, 'cache generation 1', Buffer.alloc(0))
  }

  /** 0 if there is no file, or one that this key did not mark. */
  async read(): Promise<bigint> {
    const text = await this.#text()
    const [, number, mark = ''] = /^(\d{1,19}) ([0-9a-f]{64})\n$/.exec(text) ?? []
    if (number === undefined) return 0n
    const expected = this.#mark(number)
    return timingSafeEqual(Buffer.from(mark, 'hex'), expected) ? BigInt(number) : 0n
  }

  /** Rejects with the system's error. */
  async write(generation: bigint): Promise<void> {
    const number = String(generation)
    await replaceFile(this.path, (file) => file.writeFile(`${number} ${this.#mark(number).toString('hex')}\n`))
  }

  #mark(number: string): Buffer {
    return createHmac('sha256', this.#key).update(number).digest()
  }

  async #text(): Promise<string> {
    try {
      return (await readBoundedFile(this.path, MAX_BYTES)).content.toString('latin1')
    } catch {
      return '' // None yet, or not readable now: no reason to refuse a cache that may be all there is.
    }
  }
}
