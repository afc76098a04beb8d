import { type EncodedCommand, encodeCommand } from '../remote/verbs.ts'

const MOST_KEPT = 2_000

/** Commands in the form in which they are sent, each made once and kept while it is in use. */
export class EncodedCommands {
  /** The one not used for longest comes first. */
  readonly #kept = new Map<string, EncodedCommand>()

  /** Throws an UnsendableError where no host can be sent the command. */
  encode(command: string): EncodedCommand {
    const known = this.#kept.get(command)
    const [oldest] = this.#kept.keys()
    if (known !== undefined) this.#kept.delete(command)
    else if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    const encoded = known ?? encodeCommand(command)
    this.#kept.set(command, encoded)
    return encoded
  }
}
