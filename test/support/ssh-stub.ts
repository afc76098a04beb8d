import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo, Socket, Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2'

/** What a command gets to play with on a stub. */
export type StubCommand = {
  readonly command: string
  readonly channel: ServerChannel
  /** Calls back for each signal that the client sends, without `SIG`. */
  onSignal(listener: (name: string) => void): void
}

/** How long it takes to grant a session late. */
export const LATE_MS = 400

export type SshStubOptions = {
  /** Decides each attempt to authenticate by `accept()` or `reject(methods)`; all are accepted if not given. */
  readonly authenticate?: (attempt: AuthContext) => void
  /** Plays a command; exits with 0 at once if not given. Answering `refuse` or `hang up` leaves the command without an answer. */
  readonly command?: (command: StubCommand) => void
  /** What becomes of a request to run a command, before it begins; `accept` if not given. */
  readonly exec?: (command: string) => 'accept' | 'refuse' | 'hang up' | 'stay silent'
  /** Sees every connection that is logged in. */
  readonly connected?: (connection: Connection) => void
  /** What becomes of a request for a session; all are granted if not given. */
  readonly session?: () => 'grant' | 'grant late' | 'refuse' | 'stay silent'
}

/** An SSH server in this process that can be as odd as a test needs; `await using` closes it. */
export interface SshStub extends AsyncDisposable {
  readonly port: number
  /** Authentication attempts so far, as `method` names, in order. */
  readonly attempts: readonly string[]
  /** Commands that were asked for so far. */
  readonly commands: readonly string[]
  /** Connections accepted so far. */
  readonly accepted: number
  /** Resets every connection. */
  cut(): void
  close(): Promise<void>
}

let hostKey: string | null = null

/** Starts a stub on a free port of 127.0.0.1. The caller closes it. */
export async function startSshStub(options: SshStubOptions = {}): Promise<SshStub> {
  hostKey ??= freshKey()
  const attempts: string[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connection.on('error', () => {
      // Clients break off in these tests.
    })
    connection.on('authentication', (attempt) => {
      attempts.push(attempt.method)
      if (options.authenticate === undefined) attempt.accept()
      else options.authenticate(attempt)
    })
    connection.on('ready', () => {
      options.connected?.(connection)
      connection.on('session', (accept, reject) => {
        const grant = () => serveSession(accept(), { options, commands, connection })
        answerSession(options.session?.() ?? 'grant', { grant, reject })
      })
    })
  })
  // ssh2's server is a net.Server underneath, which its types do not say.
  const { _srv: listener } = server as unknown as { readonly _srv: TcpServer }
  listener.on('connection', (socket: Socket) => {
    accepted += 1
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const close = async () => {
    cut()
    server.close()
    await once(listener, 'close')
  }
  return {
    port: (listener.address() as AddressInfo).port,
    attempts,
    commands,
    get accepted() {
      return accepted
    },
    cut,
    close,
    [Symbol.asyncDispose]: close,
  }
}

type SessionWays = { readonly grant: () => void; readonly reject: () => void }

function answerSession(
  answer: ReturnType<NonNullable<SshStubOptions['session']>>,
  { grant, reject }: SessionWays,
): void {
  if (answer === 'grant') grant()
  if (answer === 'grant late') setTimeout(grant, LATE_MS)
  if (answer === 'refuse') reject()
}

type Serving = { readonly options: SshStubOptions; readonly commands: string[]; readonly connection: Connection }

function serveSession(session: Session, { options, commands, connection }: Serving): void {
  session.on('exec', (accept, reject, { command }) => {
    commands.push(command)
    switch (options.exec?.(command) ?? 'accept') {
      case 'refuse':
        reject()
        return
      case 'hang up':
        connection.end()
        return
      case 'stay silent':
        return
      default:
    }
    const channel = accept()
    channel.on('error', () => {
      // As above.
    })
    if (options.command === undefined) {
      channel.exit(0)
      channel.end()
    } else options.command({ command, channel, onSignal: (listener) => listenToSignals(connection, channel, listener) })
  })
}

type ChannelRequest = (protocol: unknown, channel: number, type: string, ...rest: readonly unknown[]) => void

/** ssh2's server drops signals once a command runs, so they are taken where it reads them. */
function listenToSignals(connection: Connection, channel: ServerChannel, listener: (name: string) => void): void {
  type Insides = { readonly _protocol: { readonly _handlers: { CHANNEL_REQUEST: ChannelRequest } } }
  const { _handlers: handlers } = (connection as unknown as Insides)._protocol
  const { incoming } = channel as unknown as { readonly incoming: { readonly id: number } }
  const next = handlers.CHANNEL_REQUEST
  handlers.CHANNEL_REQUEST = (protocol, recipient, type, ...rest) => {
    if (type === 'signal' && recipient === incoming.id) listener(String(rest[1]))
    else next(protocol, recipient, type, ...rest)
  }
}

function freshKey(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-stub-'))
  const path = join(directory, 'key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
  const key = readFileSync(path, 'utf8')
  rmSync(directory, { recursive: true })
  return key
}
