import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2'
import { aKeyPair } from './key-pair.ts'

/** A host of the demonstration: an SSH server in this process, which runs commands in this machine's shell. */
export type LoopbackHost = {
  readonly address: string
  readonly port: number
  /** Ends the server, its connections, and every command that still runs. */
  close(): void
}

export type LoopbackLogin = {
  readonly user: string
  /** Of the one key that is let in, in OpenSSH's format. */
  readonly publicKey: string
  /** Where commands begin, and the host keeps what it knows of them. */
  readonly home: string
}

/** Listens on `address`, which must be one of 127.0.0.0/8, and lets `login` in by its key alone. */
export async function startLoopbackHost(address: string, login: LoopbackLogin): Promise<LoopbackHost> {
  const hostKeys = [aKeyPair().private]
  const running = new Set<ChildProcess>()
  const connections = new Set<Connection>()
  const server = new ssh2.Server({ hostKeys }, (connection) => {
    connections.add(connection)
    connection.on('error', () => {}) // The client went away.
    connection.on('close', () => connections.delete(connection))
    letIn(connection, login)
    connection.on('session', (accept) => {
      const session = accept()
      session.on('exec', (acceptExec, _reject, { command }) => {
        const child = run(acceptExec(), command, { home: login.home, running })
        session.on('signal', (_accept, _refuse, { name }) => killGroup(child, `SIG${name}` as NodeJS.Signals))
      })
    })
  })
  server.listen(0, address)
  await once(server, 'listening')
  return {
    address,
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const child of running) killGroup(child, 'SIGKILL')
      for (const connection of connections) connection.end()
      server.close()
    },
  }
}

function letIn(connection: Connection, login: LoopbackLogin): void {
  const key = ssh2.utils.parseKey(login.publicKey)
  if (key instanceof Error) throw key
  connection.on('authentication', (attempt) => {
    if (attempt.username === login.user && hasKey(attempt, key)) attempt.accept()
    else attempt.reject(['publickey'])
  })
}

/** Without a signature the client only asks whether the key would do. */
function hasKey(attempt: AuthContext, key: ParsedKey): boolean {
  if (attempt.method !== 'publickey' || !attempt.key.data.equals(key.getPublicSSH())) return false
  const { blob, signature } = attempt
  return signature === undefined || (blob !== undefined && key.verify(blob, signature, attempt.hashAlgo) === true)
}

type Place = { readonly home: string; readonly running: Set<ChildProcess> }

function run(channel: ServerChannel, command: string, { home, running }: Place): ChildProcess {
  const env = { PATH: process.env['PATH'], USER: userInfo().username, HOME: home }
  const child = spawn('/bin/sh', ['-c', command], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  running.add(child)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  channel.on('error', () => {}) // The connection went away; the command goes on, as it would on a real host.
  child.on('close', (code, signal) => {
    running.delete(child)
    if (signal === null) channel.exit(code ?? 255)
    else channel.exit(signal.slice('SIG'.length))
    channel.end()
  })
  return child
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}
