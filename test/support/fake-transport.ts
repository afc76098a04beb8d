import type { NotHandedOver } from '../../src/hosts/handover.ts'
import { unreachable } from '../../src/hosts/handover.ts'
import type { HostEndpoints } from '../../src/hosts/host-endpoints.ts'
import type { CommandEnd, Connected, Connection, ExecAnswer, Login, Transport } from '../../src/hosts/transport.ts'

/** A command on a fake connection, ended by the test. */
export type FakeCommand = { readonly connection: FakeConnection; readonly end: (end: CommandEnd) => void }

/** A connection on which every command runs until the test ends it. */
export class FakeConnection implements Connection {
  readonly #closed = Promise.withResolvers<string>()
  readonly running: FakeCommand[] = []
  /** Asked for each command; null to let it run. */
  answer: () => ExecAnswer | null = () => null
  isOpen = true

  get closed(): Promise<string> {
    return this.#closed.promise
  }

  exec(): Promise<ExecAnswer> {
    const answer = this.answer()
    if (answer !== null) return Promise.resolve(answer)
    const { promise: ended, resolve } = Promise.withResolvers<CommandEnd>()
    this.running.push({ connection: this, end: resolve })
    const close = (reason: string) => resolve({ kind: 'broken', reason })
    return Promise.resolve({ kind: 'running', command: { ended, signal: () => {}, close }, answeredAfterMs: 0 })
  }

  close(reason: string): void {
    this.isOpen = false
    this.#closed.resolve(reason)
  }
}

type Attempt = { readonly login: Login; readonly answer: (failure?: NotHandedOver) => FakeConnection }

/** A transport whose logins wait until the test answers them, or are answered at once by `policy`. */
export class FakeTransport implements Transport {
  readonly attempts: Attempt[] = []
  readonly connections: FakeConnection[] = []
  /** Attempts that are waiting for their answer. */
  underway = 0
  most = 0
  policy: (attempt: Attempt) => void = (attempt) => attempt.answer()

  connect(login: Login, signal: AbortSignal): Promise<Connected | NotHandedOver> {
    this.underway += 1
    this.most = Math.max(this.most, this.underway)
    const { promise, resolve } = Promise.withResolvers<Connected | NotHandedOver>()
    signal.addEventListener('abort', () => resolve(unreachable('cancelled')))
    const attempt: Attempt = {
      login,
      answer: (failure) => {
        const connection = new FakeConnection()
        if (failure === undefined) this.connections.push(connection)
        resolve(failure ?? { kind: 'connected', connection })
        return connection
      },
    }
    this.attempts.push(attempt)
    this.policy(attempt)
    return promise.finally(() => {
      this.underway -= 1
    })
  }
}

export function aLogin(secret = 'a', host = 'db1'): Login {
  return {
    target: { host, port: 22, user: 'cron', legacyAlgorithms: false, loginTimeoutMs: null },
    credential: { kind: 'password', password: secret, identity: secret },
  }
}

/** Every name is a place of its own. */
export const BY_NAME: Pick<HostEndpoints, 'of'> = { of: ({ host, port }) => `${host} ${port}` }
