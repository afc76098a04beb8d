import { keepNewest } from '../../platform/bounded-map.ts'
import { type EncodedCommand, encodeCommand } from '../remote/verbs.ts'

const MOST_KEPT = 2_000

/** Commands in the form in which they are sent, each made once and kept while it is in use. */
export class EncodedCommands {
  /** The one not used for longest comes first. */
  readonly #kept = new Map<string, EncodedCommand>()

  /** Throws an UnsendableError where no host can be sent the command. */
  encode(command: string): EncodedCommand {
    return keepNewest(this.#kept, command, this.#kept.get(command) ?? encodeCommand(command), MOST_KEPT)
  }
}
