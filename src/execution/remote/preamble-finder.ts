import type { RunId } from '../../domain/run.ts'
import { parseStartAnswer, type StartAnswer } from './answers.ts'

/** What a chunk brought: the answer, at most once, and the bytes that are the command's output. */
export type PreambleMatch = { readonly answer: StartAnswer | null; readonly output: Buffer }

const NOTHING = Buffer.alloc(0)
const NEWLINE = 0x0a
const LONGEST_LINE = 2048

/**
 * Separates the answer to a START from what else comes on stdout. Start files of the login shell may print before it, and
 * without a final newline; that noise is dropped. After it every byte is the command's. Holds at most one line's length.
 */
export class PreambleFinder {
  readonly #id: RunId
  readonly #prefix: Buffer
  #held: Buffer = NOTHING
  #found = false
  #isGarbled = false

  constructor(id: RunId) {
    this.#id = id
    this.#prefix = Buffer.from(`RCRON1 ${id} `)
  }

  get found(): boolean {
    return this.#found
  }

  /** The beginning of an answer came, and what followed it could not be read. */
  get isGarbled(): boolean {
    return this.#isGarbled || this.#held.indexOf(this.#prefix) !== -1
  }

  push(chunk: Buffer): PreambleMatch {
    if (this.#found) return { answer: null, output: chunk }
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    for (;;) {
      const at = this.#held.indexOf(this.#prefix)
      if (at === -1) {
        this.#drop(Math.max(0, this.#held.length - this.#prefix.length + 1))
        return { answer: null, output: NOTHING }
      }
      this.#drop(at)
      const end = this.#held.indexOf(NEWLINE)
      if (end === -1 && this.#held.length <= LONGEST_LINE) return { answer: null, output: NOTHING }
      const answer = end === -1 ? null : parseStartAnswer(this.#held.toString('latin1', 0, end), this.#id)
      if (answer !== null) return this.#finish(answer, end + 1)
      this.#isGarbled = true
      this.#drop(this.#prefix.length)
    }
  }

  #finish(answer: StartAnswer, from: number): PreambleMatch {
    this.#found = true
    const output = this.#held.subarray(from)
    this.#held = NOTHING
    return { answer, output }
  }

  /** Lets go of noise; copies what is kept, so that a large chunk is not held for the sake of its end. */
  #drop(bytes: number): void {
    if (bytes === 0) return
    this.#held = Buffer.from(this.#held.subarray(bytes))
  }
}
