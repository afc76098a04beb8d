import type { Socket } from 'node:net'
import { type AuthenticationType, Client, type NextAuthHandler } from 'ssh2'
import { type NotHandedOver, refused, unreachable, unreachableForNow } from './handover.ts'
import type { HostKeys } from './host-keys/host-keys.ts'
import { hostVerifier } from './host-keys/host-verifier.ts'
import { algorithmsFor } from './ssh-algorithms.ts'
import { Authentication } from './ssh-authentication.ts'
import { describeSocketError } from './ssh-dial.ts'
import { describeHost, type Target } from './target.ts'
import type { Timings } from './timings.ts'
import type { Login } from './transport.ts'

export type LoggedIn = { readonly kind: 'logged-in'; readonly client: Client }

export type LoginParts = {
  readonly hostKeys: HostKeys
  readonly timings: Pick<Timings, 'loginMs' | 'keepaliveMs' | 'keepaliveCount'>
}

/** Does the SSH handshake on `socket` and authenticates. A failure destroys the socket. Never rejects. */
export function logIn(
  login: Login,
  socket: Socket,
  parts: LoginParts,
  signal: AbortSignal,
): Promise<LoggedIn | NotHandedOver> {
  return new LoginAttempt(login, socket, parts).outcome(signal)
}

class LoginAttempt {
  readonly #client = new Client()
  readonly #target: Target
  readonly #socket: Socket
  readonly #parts: LoginParts
  readonly #authentication: Authentication
  readonly #answer = Promise.withResolvers<LoggedIn | NotHandedOver>()
  /** How far it got: what a connection that ends now means. */
  #phase: 'greeting' | 'handshake' | 'authentication' = 'greeting'
  /** The first line of a host that does not begin as SSH does. */
  #strangeWords: string | null = null

  constructor({ target, credential }: Login, socket: Socket, parts: LoginParts) {
    this.#target = target
    this.#socket = socket
    this.#parts = parts
    this.#authentication = new Authentication(target.user, credential, (reason) => this.#refuse(reason))
  }

  async outcome(signal: AbortSignal): Promise<LoggedIn | NotHandedOver> {
    const { loginMs } = this.#parts.timings
    const giveUp = () => this.#settle(unreachable('given up'))
    const timer = setTimeout(() => this.#settle(this.#tooLate(loginMs)), loginMs)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    else this.#begin()
    const answer = await this.#answer.promise
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    this.#client.removeAllListeners()
    if (answer.kind !== 'logged-in') this.#dispose()
    return answer
  }

  #begin(): void {
    const { host, port, user, legacyAlgorithms } = this.#target
    const { hostKeys, timings } = this.#parts
    const client = this.#client
    this.#socket.once('data', (first: Buffer) => this.#greeted(first))
    client.once('handshake', () => {
      this.#phase = 'authentication'
    })
    client.once('ready', () => this.#settle({ kind: 'logged-in', client }))
    client.once('change password', () => this.#refuse('its password has expired and must be changed'))
    client.on('error', (error: SshError) => this.#settle(this.#explain(error)))
    client.once('close', () => this.#settle(this.#hungUp('it closed the connection')))
    client.connect({
      sock: this.#socket,
      username: user,
      algorithms: algorithmsFor(hostKeys.algorithmsFor(host, port, legacyAlgorithms), legacyAlgorithms),
      hostVerifier: hostVerifier((key) => this.#isTrusted(key)),
      authHandler: (wanted, partial, next) => this.#tryNext(wanted, partial, next),
      readyTimeout: 0,
      keepaliveInterval: timings.keepaliveMs,
      keepaliveCountMax: timings.keepaliveCount,
    })
  }

  #isTrusted(key: Buffer): boolean {
    const verdict = this.#parts.hostKeys.verify(this.#target.host, this.#target.port, key)
    if (!verdict.accepted) this.#settle(refused('host-key', verdict.reason))
    return verdict.accepted
  }

  #tryNext(wanted: readonly AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler): void {
    const choice = this.#authentication.next(wanted, partial === true)
    if (choice.method === null) this.#refuse(choice.reason)
    else next(choice.method)
  }

  #refuse(why: string): void {
    this.#settle(refused('authentication', `${this.#where} refused the login as ${this.#target.user}: ${why}`))
  }

  #explain(error: SshError): NotHandedOver {
    if (error.level === 'handshake' && /no matching .*host key/i.test(error.message)) {
      return refused('host-key', this.#parts.hostKeys.explainNoCommonAlgorithm(this.#target.host, this.#target.port))
    }
    if (error.level === 'handshake' && /no matching/i.test(error.message)) {
      const remedy = 'for an old host set legacy_algorithms = 1 on the system'
      return unreachable(`${this.#where}: no algorithm in common (${error.message}); ${remedy}`)
    }
    if (error.level === 'client-socket') return this.#hungUp(describeSocketError(error))
    if (error.message === 'Connection lost before handshake') return this.#hungUp('it closed the connection')
    if (this.#phase === 'authentication' && /too many authentication failures/i.test(error.message)) {
      return refused('authentication', `${this.#where} refused the login as ${this.#target.user}: ${error.message}`)
    }
    return unreachable(`${this.#where} does not speak SSH as expected`, JSON.stringify(error.message.slice(0, 200)))
  }

  /** A host that is out of room drops connections before it greets them, or in the middle of the handshake: worth another try. */
  #hungUp(what: string): NotHandedOver {
    const words = this.#strangeWords
    if (words === null) return unreachableForNow(`${this.#where}: ${what} during the ${this.#phase}`)
    // Whoever writes rows can name any port: what is said there is not for the store.
    const reason = `${this.#where}: ${what} before a greeting like "SSH-2.0-…"`
    const detail = `it said ${JSON.stringify(words)}`
    const isBusy = /exceeded|too many|not allowed|try again/i.test(words)
    return isBusy ? unreachableForNow(reason, detail) : unreachable(reason, detail)
  }

  #tooLate(loginMs: number): NotHandedOver {
    const words = this.#strangeWords
    const reason = `${this.#where}: the ${this.#phase} was not over within ${loginMs / 1000} s`
    return unreachable(reason, words === null ? undefined : `it said ${JSON.stringify(words)}`)
  }

  #greeted(first: Buffer): void {
    const line = first.subarray(0, 80).toString('latin1').split(/\r?\n/, 1)[0] ?? ''
    if (line.startsWith('SSH-')) this.#phase = 'handshake'
    else this.#strangeWords = line
  }

  get #where(): string {
    return describeHost(this.#target)
  }

  /** The first answer counts. */
  #settle(answer: LoggedIn | NotHandedOver): void {
    this.#answer.resolve(answer)
  }

  #dispose(): void {
    this.#client.on('error', ignore)
    this.#socket.on('error', ignore).destroy()
  }
}

type SshError = Error & { readonly level?: string }

function ignore(): void {
  // The connection is given up: its last words change nothing.
}
