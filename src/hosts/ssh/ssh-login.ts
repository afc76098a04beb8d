import type { Socket } from 'node:net'
import { type AuthenticationType, Client, type NextAuthHandler } from 'ssh2'
import type { Credential } from '../../secrets/credential.ts'
import { type NotHandedOver, refused, unreachable } from '../handover.ts'
import type { HostKeys } from '../host-keys/host-keys.ts'
import { hostVerifier } from '../host-keys/host-verifier.ts'
import { sizeFault, wouldLegacyTake } from '../host-keys/key-strength.ts'
import { describeHost, type Target } from '../target.ts'
import type { Timings } from '../timings.ts'
import type { Login } from '../transport.ts'
import { readBounded } from './bounded-reading.ts'
import {
  type FailedLogin,
  failureByError,
  failureByHangUp,
  failureByTime,
  type LoginPhase,
  mayKnowSha1Alone,
  SHA1_ALONE,
  type SshError,
} from './login-failure.ts'
import { keyForLogin } from './login-key.ts'
import { PeerGreeting } from './peer-greeting.ts'
import { algorithmsFor } from './ssh-algorithms.ts'
import { Authentication } from './ssh-authentication.ts'
import { declineGlobalRequests } from './ssh2-insides.ts'

/** A login that has succeeded. */
export type LoginResult = { readonly kind: 'logged-in'; readonly client: Client }

/** What one SSH login is judged and timed by. */
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
): Promise<LoginResult | NotHandedOver> {
  return new LoginAttempt(login, socket, parts).outcome(signal)
}

class LoginAttempt {
  readonly #client = new Client()
  readonly #target: Target
  readonly #socket: Socket
  readonly #parts: LoginParts
  readonly #authentication: Authentication
  readonly #answer = Promise.withResolvers<LoginResult | NotHandedOver>()
  /** Until the login is over: it may say why there is none. */
  readonly #heard = new PeerGreeting()
  readonly #keyType: string | null
  #isHandshaken = false
  /** What comes of the connection later is nobody's concern. */
  #isSettled = false

  constructor({ target, credential }: Login, socket: Socket, parts: LoginParts) {
    this.#target = target
    this.#socket = socket
    this.#parts = parts
    this.#keyType = credential.kind === 'key' ? credential.key.type : null
    const own = forOneLogin(credential, target)
    this.#authentication = new Authentication(target.user, own, (reason) => this.#refuse(reason))
  }

  async outcome(signal: AbortSignal): Promise<LoginResult | NotHandedOver> {
    const loginMs = this.#target.loginTimeoutMs ?? this.#parts.timings.loginMs
    const giveUp = () => this.#settle(unreachable('cancelled'))
    const timer = setTimeout(() => this.#settle(failureByTime(loginMs, this.#failed)), loginMs)
    const listen = (chunk: Buffer) => this.#heard.add(chunk)
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    else this.#begin(listen)
    const answer = await this.#answer.promise
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    this.#socket.off('data', listen)
    this.#client.removeAllListeners()
    if (answer.kind !== 'logged-in') this.#dispose()
    return answer
  }

  #begin(listen: (chunk: Buffer) => void): void {
    const { user } = this.#target
    const { timings } = this.#parts
    const client = this.#client
    const reading = readBounded(this.#socket, (bytes) => {
      this.#settle(unreachable(`${this.#where}: it sent more than ${bytes / 1024} KB during the ${this.#phase}`))
    })
    this.#socket.on('data', listen)
    client.once('handshake', () => {
      this.#isHandshaken = true
    })
    client.once('ready', () => {
      reading.loggedIn()
      this.#settle({ kind: 'logged-in', client })
    })
    client.once('change password', () => this.#refuse('the password has expired and must be changed'))
    client.on('error', (error: SshError) => this.#settle(failureByError(error, this.#failed)))
    client.once('close', () => this.#settle(failureByHangUp('it closed the connection', this.#failed)))
    client.connect({
      sock: this.#socket,
      username: user,
      algorithms: this.#algorithms(),
      hostVerifier: hostVerifier(
        (key) => this.#isTrusted(key),
        () => this.#isSettled,
      ),
      authHandler: (wanted, partial, next) => this.#tryNext(wanted, partial, next),
      readyTimeout: 0,
      keepaliveInterval: timings.keepaliveMs,
      keepaliveCountMax: timings.keepaliveCount,
    })
    declineGlobalRequests(client)
  }

  #algorithms() {
    const { host, port, legacyAlgorithms } = this.#target
    return algorithmsFor(this.#parts.hostKeys.algorithmsFor(host, port, legacyAlgorithms), legacyAlgorithms)
  }

  /** The size first: it is what checking a signature costs. */
  async #isTrusted(key: Buffer): Promise<boolean> {
    const { host, port, legacyAlgorithms } = this.#target
    const fault = sizeFault(key, legacyAlgorithms)
    if (fault !== null) {
      const reason = `${this.#where} has ${fault}: give it an Ed25519 key (ssh-keygen -A)`
      this.#settle(refused('host-key', reason, { wouldLegacyDo: wouldLegacyTake(key) }))
      return false
    }
    const verdict = await this.#parts.hostKeys.verify(host, port, key)
    if (!verdict.accepted) this.#settle(refused('host-key', verdict.reason))
    return verdict.accepted
  }

  #tryNext(wanted: readonly AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler): void {
    const choice = this.#authentication.next(wanted, partial === true)
    if (choice.method !== null) next(choice.method)
    else this.#refuse(choice.reason, mayKnowSha1Alone(this.#failed, this.#keyType))
  }

  #refuse(why: string, wouldLegacyDo = false): void {
    const reason = `${this.#where} refused the login as ${this.#target.user}: ${why}`
    const refusal = wouldLegacyDo ? `${reason}; ${SHA1_ALONE}` : reason
    this.#settle(refused('authentication', refusal, { wouldLegacyDo }))
  }

  get #phase(): LoginPhase {
    if (this.#isHandshaken) return 'authentication'
    return this.#heard.greetsAsSsh ? 'handshake' : 'greeting'
  }

  get #failed(): FailedLogin {
    return { target: this.#target, phase: this.#phase, heard: this.#heard, hostKeys: this.#parts.hostKeys }
  }

  get #where(): string {
    return describeHost(this.#target)
  }

  /** The first answer counts. */
  #settle(answer: LoginResult | NotHandedOver): void {
    this.#isSettled = true
    this.#answer.resolve(answer)
  }

  #dispose(): void {
    this.#client.on('error', ignore)
    this.#socket.on('error', ignore).destroy()
  }
}

function forOneLogin(credential: Credential, { legacyAlgorithms }: Target): Credential {
  if (credential.kind !== 'key') return credential
  return { ...credential, key: keyForLogin(credential.key, { isLegacyAllowed: legacyAlgorithms }) }
}

function ignore(): void {
  // The connection is given up: its last words change nothing.
}
