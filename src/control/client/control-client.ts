import { join } from 'node:path'
import { ExitError } from '../../domain/errors.ts'
import { codeOrNull } from '../../platform/error-code.ts'
import { FAULTS, isFaultCode } from '../faults.ts'
import type { FeedMessage } from '../feed.ts'
import type { Challenge } from '../schemas.ts'
import { CONTROL_SOCKET, VIEW_SOCKET } from '../socket-names.ts'
import { type Answer, exchange, type Question, TooSlow } from './exchange.ts'
import type { Feed } from './open-feed.ts'
import { prove } from './prove.ts'

/** How long a daemon may take to say how it is. Milliseconds. */
const LOOK_MS = 10_000

/** Nobody answers at any of the places. */
export class DaemonAbsent extends ExitError {
  constructor(directories: readonly string[]) {
    const places = directories.map((directory) => join(directory, CONTROL_SOCKET))
    super(
      3,
      `rcron is not running: nobody answers at ${places.join(' or ')}`,
      'Start it with "systemctl start rcron", or "rcron daemon". Its log: journalctl -u rcron -n 50',
    )
  }
}

/** A daemon answers that it does not do it. */
export class Refusal extends ExitError {
  /** Of a daemon of another version it may be one that is not known here. */
  readonly code: string

  constructor(code: string, message: string, hint: string | null) {
    super(isFaultCode(code) ? FAULTS[code].exit : 1, message, hint)
    this.code = code
  }
}

/** Asks the daemon that listens in the first of several directories. */
export class ControlClient {
  readonly #directories: readonly string[]
  readonly #sudoUser: string | null

  /** `sudoUser`: for whom root asks, or the account of the daemon; null if for nobody else. */
  constructor(directories: readonly string[], sudoUser: string | null = null) {
    this.#directories = directories
    this.#sudoUser = sudoUser
  }

  /** Rejects with an ExitError; with a DaemonAbsent where there is no daemon. */
  async look<Said>(path: string, limitMs: number | null = LOOK_MS): Promise<Said> {
    return (await this.#ask({ method: 'GET', path, limitMs }, [CONTROL_SOCKET, VIEW_SOCKET])) as Said
  }

  /** As `look`, for what changes something: those who may only look are refused. */
  async act<Said>(path: string, body: unknown, limitMs: number | null = null): Promise<Said> {
    const challenge = (await this.#ask({ method: 'GET', path: '/challenge', limitMs: LOOK_MS }, [
      CONTROL_SOCKET,
    ])) as Challenge
    using proof = prove(challenge, this.#sudoUser)
    const { headers } = proof
    return (await this.#ask({ method: 'POST', path, body, headers, limitMs }, [CONTROL_SOCKET])) as Said
  }

  /** What is told at `path`, until `signal` aborts. Rejects as `look` does; where the daemon goes away meanwhile, it ends. */
  async follow<Message extends FeedMessage>(path: string, signal: AbortSignal): Promise<Feed<Message>> {
    const { openFeed } = await import('./open-feed.ts')
    const open = (socket: string) => openFeed<Message>(socket, path, signal)
    const answer = await this.#reach(open, [CONTROL_SOCKET, VIEW_SOCKET])
    if (!('status' in answer)) return answer
    said(answer)
    throw new ExitError(1, 'the daemon answers where it was to tell on', null)
  }

  async #ask(question: Question, sockets: readonly string[]): Promise<unknown> {
    return said(await this.#reach((path) => exchange(path, question), sockets))
  }

  async #reach<Said extends object>(ask: (path: string) => Promise<Said>, sockets: readonly string[]): Promise<Said> {
    let forbidden: string | null = null
    for (const directory of this.#directories) {
      for (const name of sockets) {
        const path = join(directory, name)
        const answer = await answerOf(path, ask)
        if (typeof answer === 'object') return answer
        if (answer === 'absent') break
        forbidden = path
      }
      if (forbidden !== null) throw mayNot(forbidden)
    }
    throw new DaemonAbsent(this.#directories)
  }
}

async function answerOf<Said>(
  path: string,
  ask: (path: string) => Promise<Said>,
): Promise<Said | 'absent' | 'forbidden'> {
  try {
    return await ask(path)
  } catch (error) {
    switch (codeOrNull(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
      case 'ECONNREFUSED':
        return 'absent'
      case 'EACCES':
      case 'EPERM':
        return 'forbidden'
      case 'EAGAIN':
        throw new ExitError(1, 'the daemon is asked too much at once', 'Try again.', { cause: error })
      default:
        throw unanswered(path, error)
    }
  }
}

function unanswered(path: string, error: unknown): ExitError {
  if (error instanceof TooSlow) {
    return new ExitError(
      3,
      `the daemon at ${path} does not answer`,
      'It hangs, or is stopped: systemctl status rcron',
      { cause: error },
    )
  }
  if (error instanceof SyntaxError) {
    return new ExitError(1, `what answers at ${path} is not rcron`, null, { cause: error })
  }
  return new ExitError(
    1,
    'the daemon has gone before it answered: what it was told may be done or not',
    'Runs continue on their hosts, and its next start adopts them: rcron status',
    { cause: error },
  )
}

function said({ status, body }: Answer): unknown {
  if (status < 400) return body
  const { error } = (body ?? {}) as { readonly error?: Readonly<Record<string, unknown>> }
  const message = typeof error?.['message'] === 'string' ? error['message'] : `the daemon answers ${status}`
  const hint = typeof error?.['hint'] === 'string' ? error['hint'] : null
  throw new Refusal(String(error?.['code']), message, hint)
}

function mayNot(path: string): ExitError {
  return new ExitError(
    5,
    `you may not use ${path}`,
    'Join the group rcron (to steer it) or rcron-view (to look), and log in again: usermod -aG rcron-view NAME',
  )
}
