import type { RunId } from '../../domain/run.ts'
import type { OutputStream } from '../../hosts/transport.ts'
import { escapeText } from '../../platform/log/escape-text.ts'
import { HeadBuffer } from '../output/head-buffer.ts'
import type { OutputCapture } from '../output/output-capture.ts'
import type { StartAnswer } from '../remote/answers.ts'
import { PreambleFinder } from '../remote/preamble-finder.ts'

const NOISE_BYTES = 300

/** What comes back on a START's session: noise of the login, the host's answer, then the command's output. */
export class StartStream {
  readonly #finder: PreambleFinder
  readonly #output: OutputCapture
  readonly #answer = Promise.withResolvers<StartAnswer>()
  /** What the login printed before the answer: where none comes, it says why. Each made when the first byte of it comes. */
  #noise: HeadBuffer | null = null
  #stdoutNoise: HeadBuffer | null = null

  constructor(id: RunId, output: OutputCapture) {
    this.#finder = new PreambleFinder(id)
    this.#output = output
  }

  get answer(): Promise<StartAnswer> {
    return this.#answer.promise
  }

  /** One line of what was printed instead of an answer: on stderr, else on stdout. */
  get noise(): string {
    const said = textOf(this.#noise) || textOf(this.#stdoutNoise)
    return said === '' ? 'it printed nothing' : `it printed "${escapeText(said)}"`
  }

  /** No answer came, nor anything that may have been one. */
  get isWithoutAnswer(): boolean {
    return !this.#finder.found && !this.#finder.isGarbled
  }

  /** The answer is written before the command begins, and stdout is read first: stderr before it is not the command's. */
  add(stream: OutputStream, chunk: Buffer): void {
    if (stream === 'stderr') {
      this.#addStderr(chunk)
      return
    }
    if (!this.#finder.found) {
      this.#stdoutNoise ??= new HeadBuffer(NOISE_BYTES)
      this.#stdoutNoise.add(chunk)
    }
    const { answer, output } = this.#finder.push(chunk)
    if (output.length > 0) this.#output.add('stdout', output)
    if (answer !== null) this.#answer.resolve(answer)
  }

  #addStderr(chunk: Buffer): void {
    if (this.#finder.found) {
      this.#output.add('stderr', chunk)
      return
    }
    this.#noise ??= new HeadBuffer(NOISE_BYTES)
    this.#noise.add(chunk)
  }
}

function textOf(noise: HeadBuffer | null): string {
  return noise?.bytes().toString().trim() ?? ''
}
