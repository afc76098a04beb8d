import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { killIfThere } from './processes.ts'

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa'

export type SshdOptions = {
  /** Lines of sshd_config. They stand first, so they win over what the lab says. */
  readonly config?: readonly string[]
  /** Its host keys; one Ed25519 key if not given. */
  readonly hostKeyTypes?: readonly KeyType[]
  /** Commands run under this shell (absolute path) as if it were the user's login shell. */
  readonly loginShell?: string
  /** Environment of every session; HOME is a fresh empty directory unless it is given here. */
  readonly environment?: Readonly<Record<string, string>>
}

export type KeyPair = {
  /** Path of the private key. */
  readonly path: string
  /** The private key, in OpenSSH's format. */
  readonly contents: string
  /** `ssh-ed25519 AAAA…`: type and base64, without a comment. */
  readonly publicKey: string
}

/** A real OpenSSH server of the user who runs the tests; `await using` stops it. */
export interface Sshd extends AsyncDisposable {
  /** On 127.0.0.1; stays the same over `restart`. */
  readonly port: number
  /** The only user it can let in. */
  readonly user: string
  /** HOME of every session. */
  readonly home: string
  /** The first of its host keys. */
  readonly hostKey: KeyPair
  readonly hostKeys: readonly KeyPair[]
  /** Lets the user in. */
  readonly clientKey: KeyPair
  /** What it has logged so far. */
  log(): string
  /** Pids of the processes that serve one connection each, as of now. */
  sessions(): readonly number[]
  /** SIGKILL for the server and every connection's process; what the commands started lives on. */
  kill(): Promise<void>
  /** Starts it again on its port after `kill`; kills it first if it runs. */
  restart(): Promise<void>
  /** Kills it and removes its files. Safe to call twice. */
  stop(): Promise<void>
}

/** Makes a key pair at `path`. */
export function makeKey(path: string, type: KeyType = 'ed25519', passphrase = ''): KeyPair {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', path], { stdio: 'pipe' })
  const [algorithm = '', base64 = ''] = readFileSync(`${path}.pub`, 'utf8').trim().split(' ')
  return { path, contents: readFileSync(path, 'utf8'), publicKey: `${algorithm} ${base64}` }
}

/** Starts sshd on a free port of 127.0.0.1, as root or as an ordinary user. The caller stops it. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-sshd-'))
  const home = options.environment?.['HOME'] ?? join(directory, 'home')
  mkdirSync(home, { recursive: true })
  const hostKeys = (options.hostKeyTypes ?? ['ed25519']).map((type) => makeKey(join(directory, `host_${type}`), type))
  const [hostKey] = hostKeys
  if (hostKey === undefined) throw new Error('startSshd: hostKeyTypes is empty, expected at least one type')
  const clientKey = makeKey(join(directory, 'client'))
  writeFileSync(join(directory, 'authorized_keys'), `${clientKey.publicKey}\n`)

  const server = new Server(directory)
  const start = (port: number) => {
    writeFileSync(join(directory, 'sshd_config'), configOf({ options, port, directory, home, hostKeys }))
    return server.start()
  }
  const port = await startOnFreePort(start)
  const stop = async () => {
    await server.kill()
    rmSync(directory, { recursive: true, force: true })
  }
  return {
    port,
    user: userInfo().username,
    home,
    hostKey,
    hostKeys,
    clientKey,
    log: () => server.log,
    sessions: () => server.sessions(),
    kill: () => server.kill(),
    restart: async () => {
      await server.kill()
      if (!(await start(port))) throw new Error(`sshd did not start again on port ${port}:\n${server.log}`)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function startOnFreePort(start: (port: number) => Promise<boolean>): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (await start(port)) return port
  }
}

type ConfigParts = {
  readonly options: SshdOptions
  readonly port: number
  readonly directory: string
  readonly home: string
  readonly hostKeys: readonly KeyPair[]
}

function configOf({ options, port, directory, home, hostKeys }: ConfigParts): string {
  const environment = Object.entries({ HOME: home, ...options.environment })
  return [
    ...(options.config ?? []),
    ...(options.loginShell === undefined ? [] : [`ForceCommand exec ${options.loginShell} -c "$SSH_ORIGINAL_COMMAND"`]),
    `ListenAddress 127.0.0.1:${port}`,
    ...hostKeys.map((key) => `HostKey ${key.path}`),
    `AuthorizedKeysFile ${join(directory, 'authorized_keys')}`,
    `SetEnv ${environment.map(([name, value]) => `${name}="${value}"`).join(' ')}`,
    'StrictModes no',
    'PermitRootLogin yes',
    'UsePAM no',
    'UseDNS no',
    'PidFile none',
    'PrintMotd no',
    'PrintLastLog no',
    'LogLevel VERBOSE',
    '',
  ].join('\n')
}

/** One sshd process after the other, in one directory. */
class Server {
  readonly #directory: string
  #process: ChildProcess | null = null
  #log = ''

  constructor(directory: string) {
    this.#directory = directory
  }

  get log(): string {
    return this.#log
  }

  /** True once it listens; false where its port is taken. */
  async start(): Promise<boolean> {
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    const before = this.#log.length
    // The kernel ends it with this process, however this process ends.
    const command = [sshdPath(), '-D', '-e', '-f', join(this.#directory, 'sshd_config')]
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#log += text
    })
    const exited = once(child, 'exit').then(() => true)
    while (!this.#log.includes('Server listening', before)) {
      if (await Promise.race([exited, once(child.stderr, 'data').then(() => false)])) {
        if (this.#log.includes('Address already in use', before)) return false
        throw new Error(`sshd ended instead of listening:\n${this.#log.slice(before)}`)
      }
    }
    return true
  }

  sessions(): readonly number[] {
    return this.#process?.pid === undefined ? [] : childrenOf(this.#process.pid)
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    const sessions = childrenOf(child.pid)
    child.kill('SIGKILL')
    // With privilege separation each session is two processes: the monitor, and the user's own.
    const processes = [...sessions, ...sessions.flatMap(childrenOf).filter(isSshd)]
    for (const pid of processes) killIfThere(pid)
    await exited
    while (processes.some((pid) => isSshd(pid))) await delay(2)
  }
}

function sshdPath(): string {
  const path = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/sbin/sshd', '/usr/bin/sshd'].find(existsSync)
  if (path === undefined) throw new Error('sshd is not installed: install the package openssh-server')
  return path
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return [] // It has ended.
  }
}

function isSshd(pid: number): boolean {
  try {
    return /^\d+ \(sshd[^)]*\) [^Z]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false // It has ended.
  }
}
