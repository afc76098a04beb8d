import type { Client, ClientChannel } from 'ssh2'
import type { CommandEnd, ExecRequest, RemoteCommand } from '../transport.ts'
import type { SshLink } from './ssh-link.ts'
import { sendSignal } from './ssh2-insides.ts'

/** What a command runs on, and how its host is named in reasons. */
export type CommandParts = {
  readonly channel: ClientChannel
  readonly client: Client
  readonly connection: SshLink
  readonly where: string
  readonly drainMs: number
}

/** A running command on its channel. Both streams are read from the first moment: an unread one would stall the command. */
export class SshCommand implements RemoteCommand {
  readonly #parts: CommandParts
  readonly #ended = Promise.withResolvers<CommandEnd>()
  #end: CommandEnd | null = null
  #drain: NodeJS.Timeout | undefined = undefined
  readonly #unwatch: () => void

  constructor(parts: CommandParts, onOutput: ExecRequest['onOutput']) {
    this.#parts = parts
    const { channel } = parts
    channel.on('data', (chunk: Buffer) => onOutput('stdout', chunk))
    channel.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk))
    channel.on('exit', (code: number | null, signal?: string) => this.#exited(code, signal))
    channel.on('close', () => this.#closed())
    channel.on('error', (error: Error) => this.close(error.message))
    this.#unwatch = parts.connection.watch((reason) => this.#settle(this.#end ?? this.#broken(reason)))
    channel.end()
  }

  get ended(): Promise<CommandEnd> {
    return this.#ended.promise
  }

  signal(name: 'TERM' | 'KILL'): void {
    if (this.#end === null && this.#parts.connection.isOpen) sendSignal(this.#parts.client, this.#parts.channel, name)
  }

  close(reason: string): void {
    this.#settle(this.#end ?? this.#broken(reason))
    if (this.#parts.connection.isOpen) this.#parts.channel.close()
  }

  #exited(code: number | null, signal: string | undefined): void {
    this.#end = code === null ? { kind: 'signaled', signal: signal ?? 'unknown' } : { kind: 'exited', code }
    this.#drain = setTimeout(() => this.close('drained'), this.#parts.drainMs)
  }

  /** The host's own word: where the connection breaks, that is heard of first. */
  #closed(): void {
    const end = this.#end ?? this.#broken('the host closed the session without a status')
    this.#settle(end.kind === 'exited' ? { ...end, isWhole: true } : end)
  }

  #settle(end: CommandEnd): void {
    clearTimeout(this.#drain)
    this.#unwatch()
    this.#ended.resolve(end)
  }

  #broken(reason: string): CommandEnd {
    return { kind: 'broken', reason: `${this.#parts.where}: ${reason}` }
  }
}
