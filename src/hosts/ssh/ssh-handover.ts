import type { ClientChannel } from 'ssh2'
import { type HandoverUnknown, refused, type Unreachable, unreachableForNow } from '../handover.ts'
import type { ExecAnswer, ExecRequest } from '../transport.ts'
import { SshCommand } from './ssh-command.ts'
import type { ConnectionParts, SshLink } from './ssh-link.ts'

/** One command on its way: knows at every moment whether the command has been sent. */
export class SshHandover {
  readonly #connection: SshLink
  readonly #parts: ConnectionParts
  readonly #request: ExecRequest
  readonly #answer = Promise.withResolvers<ExecAnswer>()
  #isSent = false
  #sentAt = 0
  #timer: NodeJS.Timeout

  constructor(connection: SshLink, parts: ConnectionParts, request: ExecRequest) {
    this.#connection = connection
    this.#parts = parts
    this.#request = request
    const { firstChannelOpenMs, channelOpenMs } = parts.timings
    const [what, openMs] = connection.hasHadChannel
      ? ['no session', channelOpenMs]
      : ['logged in, but no session (does PAM hang there?)', firstChannelOpenMs]
    this.#timer = setTimeout(() => this.#expire(what, openMs), openMs)
  }

  async answer(): Promise<ExecAnswer> {
    const unwatch = this.#connection.watch((reason) => this.#answer.resolve(this.#broken(reason)))
    try {
      this.#send()
    } catch (error) {
      // ssh2 throws on a connection that it knows to be closed, before it sends anything.
      this.#answer.resolve(unreachableForNow(`${this.#parts.where}: ${(error as Error).message}`))
    }
    const answer = await this.#answer.promise
    clearTimeout(this.#timer)
    unwatch()
    return answer
  }

  #send(): void {
    const beforeSending = () => this.#sending()
    // ssh2 writes a Buffer as it is; its type knows strings only.
    const command = this.#request.command as string
    const options = {
      // Read when the channel is open and right before the command is sent: the only moment that tells the two apart.
      get env() {
        beforeSending()
        return {}
      },
    }
    this.#parts.client.exec(command, options, (error, channel) => {
      this.#answer.resolve(error === undefined ? this.#begun(channel) : this.#declined(error))
    })
  }

  #sending(): void {
    if (this.#isSent) return
    this.#isSent = true
    this.#connection.channelOpened()
    this.#sentAt = performance.now()
    clearTimeout(this.#timer)
    const { execAnswerMs } = this.#parts.timings
    this.#timer = setTimeout(() => this.#expire('no answer to the command', execAnswerMs), execAnswerMs)
  }

  #begun(channel: ClientChannel): ExecAnswer {
    const { where, timings } = this.#parts
    const parts = { channel, connection: this.#connection, client: this.#parts.client, where, drainMs: timings.drainMs }
    const command = new SshCommand(parts, this.#request.onOutput)
    return { kind: 'running', command, answeredAfterMs: performance.now() - this.#sentAt }
  }

  #declined(error: Error & { readonly reason?: unknown }): ExecAnswer {
    const { where } = this.#parts
    if (!this.#connection.isOpen) return this.#broken('the connection was closed')
    if (this.#isSent) return refused('exec', `${where} refused to run the command`)
    return { kind: 'no-session', reason: `${where} refused a session: ${JSON.stringify(error.message.slice(0, 200))}` }
  }

  #expire(what: string, ms: number): void {
    // Nothing that was on its way may begin later: the connection goes first.
    const reason = `${what} within ${ms / 1000} s`
    this.#answer.resolve(this.#broken(reason))
    this.#connection.close(reason)
  }

  #broken(reason: string): Unreachable | HandoverUnknown {
    const { where } = this.#parts
    return this.#isSent
      ? { kind: 'unknown', reason: `${where}: ${reason}, after the command was sent` }
      : unreachableForNow(`${where}: ${reason}`)
  }
}
