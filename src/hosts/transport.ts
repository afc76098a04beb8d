import type { Credential } from '../secrets/credential.ts'
import type { HandoverUnknown, NotHandedOver } from './handover.ts'
import type { Target } from './target.ts'

/** Logs in to hosts. ssh2 stands behind it; the system's `ssh` could. */
export interface Transport {
  /**
   * Logs in within the deadlines of each phase. Every failure is a value, and leaves no socket behind. When `signal` aborts, the
   * attempt ends at once as unreachable. Never rejects.
   */
  connect(login: Login, signal: AbortSignal): Promise<Connected | NotHandedOver>
}

/** Who logs in, where, and by which secret. */
export type Login = { readonly target: Target; readonly credential: Credential }

/** A connection that is logged in. */
export type Connected = { readonly kind: 'connected'; readonly connection: Connection }

/** A connection that is logged in. Found dead by its keepalives, or by a channel that is not opened in time. */
export interface Connection {
  /** Resolves with the reason when the connection has ended, whoever ended it. Never rejects. */
  readonly closed: Promise<string>
  readonly isOpen: boolean
  /** Hands a command over in a session of its own. Never rejects. */
  exec(request: ExecRequest): Promise<ExecAnswer>
  /** Ends the connection and everything on it, at once. Safe to call twice. */
  close(reason: string): void
}

/** A command that a host is to run. */
export type ExecRequest = {
  /** The bytes of the command, as the host's login shell is to see them; its standard input is empty. */
  readonly command: string | Buffer
  /** Called with every chunk as it comes. Must not throw, and must not keep the chunk. */
  readonly onOutput: (stream: OutputStream, chunk: Buffer) => void
}

/** Where a command has printed. */
export type OutputStream = 'stdout' | 'stderr'

/** `no-session`: the host lets this connection have no further session; another connection may. */
type NoSession = { readonly kind: 'no-session'; readonly reason: string }

/** What came of asking a connection to run a command. */
export type ExecAnswer = Running | NoSession | NotHandedOver | HandoverUnknown

/** A command that its host has begun. */
export type Running = {
  readonly kind: 'running'
  readonly command: RemoteCommand
  /** Milliseconds from sending the command to this answer. A short command's end comes along with it. */
  readonly answeredAfterMs: number
}

/** A command that its host has begun. */
export interface RemoteCommand {
  /** Resolves once. Output still open after the exit is waited for until the drain's deadline. Never rejects. */
  readonly ended: Promise<CommandEnd>
  /** Asks the host to signal the command. A request only: hosts may ignore it, and do not answer. */
  signal(name: 'TERM' | 'KILL'): void
  /** Gives the session up; `ended` resolves at once, as broken where the end was not known. */
  close(reason: string): void
}

/** How a command ended, as far as its connection has shown it. */
export type CommandEnd =
  /** `isWhole`: the host closed the session after it, so that all it had printed came before. Not so where the connection broke, or the draining was cut. */
  | { readonly kind: 'exited'; readonly code: number; readonly isWhole?: true }
  | { readonly kind: 'signaled'; readonly signal: string }
  /** The session or the connection ended first: how the command ended, or whether it did, is not known. */
  | { readonly kind: 'broken'; readonly reason: string }
