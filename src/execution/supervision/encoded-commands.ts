import type { RunId } from '../../domain/run.ts'
import { type EncodedCommand, encodeCommand, type StartOptions, startCommand } from '../remote/verbs.ts'

const MOST_KEPT = 2_000

const ANY_RUN: RunId = '0'.repeat(32)
const NO_COMMAND = '' as EncodedCommand

/**
 * Commands in the form in which they are sent. What is the same for all runs of a command is made once and kept as bytes while it is
 * in use; a run's own words, its id first, stand at the end.
 */
export class EncodedCommands {
  /** The one not used for longest comes first. */
  readonly #kept = new Map<string, Buffer>()

  /** What is executed to start `run`. Throws an UnsendableError where no host can be sent the command. */
  start(command: string, run: RunId, options: StartOptions): Buffer {
    const words = startCommand(NO_COMMAND, run, options)
    return Buffer.concat([this.#encode(command), Buffer.from(words.slice(words.indexOf(run)), 'latin1')])
  }

  #encode(command: string): Buffer {
    const known = this.#kept.get(command)
    const [oldest] = this.#kept.keys()
    if (known !== undefined) this.#kept.delete(command)
    else if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    const encoded = known ?? encode(command)
    this.#kept.set(command, encoded)
    return encoded
  }
}

function encode(command: string): Buffer {
  const sent = startCommand(encodeCommand(command), ANY_RUN, { keepOutput: false, forget: [] })
  return Buffer.from(sent.slice(0, sent.lastIndexOf(ANY_RUN)), 'latin1')
}
