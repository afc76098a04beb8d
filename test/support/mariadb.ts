import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { type CertificateFlaw, makeCertificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { FLAVOUR } from './server-flavour.ts'

export type MariadbOptions = {
  /** Further options of the server: `{ read_only: 1, max_connections: 2, wait_timeout: 1 }`. */
  readonly variables?: Readonly<Record<string, string | number>>
  /** The server offers TLS with a certificate for this name, signed by `ca`. */
  readonly certificateFor?: string
  readonly certificateFlaw?: CertificateFlaw
}

/** A private MariaDB (or MySQL, see `server-flavour.ts`) on a free port of 127.0.0.1, with an empty database `rcron`. */
export interface Mariadb {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** `mysql://user:password@127.0.0.1:port/rcron` */
  readonly url: string
  /** PEM of the authority that signed the server's certificate; null without TLS. */
  readonly ca: string | null
  /** Runs statements as the server's root, in `rcron`, and resolves with the rows of the last one. */
  query(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Stops as an administrator would, and starts again on the same port. */
  restart(): Promise<void>
  /** SIGKILL; `restart` brings it back. */
  kill(): Promise<void>
  /** Stops it and removes its files. */
  stop(): Promise<void>
}

const READY_MS = 30_000
const USER = 'rcron'
const PASSWORD = 'p@ss:w/rd#1'
const DATABASE = 'rcron'

/** Starts a server of its own for the caller, who stops it. */
export async function startMariadb(options: MariadbOptions = {}): Promise<Mariadb> {
  const server = await startOnFreePort(options)
  await server.query(
    `create database ${DATABASE} character set utf8mb4`,
    `create user ${USER}@'%' identified by '${PASSWORD}'`,
    `grant all on ${DATABASE}.* to ${USER}@'%'`,
  )
  return server
}

/** Another process may take the port between its choice and its use. */
async function startOnFreePort(options: MariadbOptions, attempts = 3): Promise<Server> {
  const server = new Server(await freePort(), options)
  try {
    await server.start()
    return server
  } catch (error) {
    await server.stop()
    if (attempts === 1) throw error
    return await startOnFreePort(options, attempts - 1)
  }
}

class Server implements Mariadb {
  readonly port: number
  readonly user = USER
  readonly password = PASSWORD
  readonly database = DATABASE
  readonly ca: string | null
  readonly #folder = mkdtempSync(join(tmpdir(), 'rcron-mariadb-'))
  readonly #arguments: readonly string[]
  #process: ChildProcess | null = null

  constructor(port: number, { variables = {}, certificateFor, certificateFlaw }: MariadbOptions) {
    this.port = port
    cpSync(templateDirectory(), this.#data, { recursive: true })
    const tls = certificateFor === undefined ? null : makeCertificates(this.#folder, certificateFor, certificateFlaw)
    this.ca = tls === null ? null : readFileSync(tls.caFile, 'utf8')
    this.#arguments = [
      ...Object.entries(variables).map(([name, value]) => `--${name}=${value}`),
      ...(tls === null
        ? FLAVOUR.withoutTls
        : [`--ssl-ca=${tls.caFile}`, `--ssl-cert=${tls.certFile}`, `--ssl-key=${tls.keyFile}`]),
    ]
  }

  get url(): string {
    return `mysql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/${DATABASE}`
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'log'), 'a')
    // The kernel ends it with this process, however this process ends.
    const command = [...FLAVOUR.program, ...this.#settings(), ...this.#arguments]
    const server = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
      stdio: ['ignore', log, log],
      env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` },
    })
    closeSync(log)
    this.#process = server
    const deadline = Date.now() + READY_MS
    while (!(await this.#answers())) {
      if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
        throw new Error(`mariadbd did not start:\n${readFileSync(join(this.#folder, 'log'), 'utf8').slice(-2_000)}`)
      }
      await pause(20)
    }
  }

  async query(...statements: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const connection = await createConnection({
      socketPath: this.#socket,
      user: FLAVOUR.rootUser ?? ROOT,
      dateStrings: true,
      disableEval: true,
    })
    try {
      if (await this.#hasDatabase(connection)) await connection.query(`use ${DATABASE}`)
      let rows: unknown = []
      for (const statement of statements) [rows] = await connection.query(statement)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    } finally {
      connection.destroy()
    }
  }

  async restart(): Promise<void> {
    await this.#end('SIGTERM')
    await this.start()
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #data(): string {
    return join(this.#folder, 'data')
  }

  get #socket(): string {
    return join(this.#folder, 'socket')
  }

  #settings(): readonly string[] {
    return [
      '--no-defaults',
      `--user=${ROOT}`,
      `--datadir=${this.#data}`,
      `--socket=${this.#socket}`,
      `--pid-file=${join(this.#folder, 'pid')}`,
      // At its start a server removes what it takes for left behind, and that may be another one's.
      `--tmpdir=${this.#folder}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      '--character-set-server=utf8mb4',
      ...FLAVOUR.settings,
    ]
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(this.#socket)) return false
    return this.query('select 1').then(
      () => true,
      () => false,
    )
  }

  async #hasDatabase(connection: { query(sql: string): Promise<unknown> }): Promise<boolean> {
    const [rows] = (await connection.query(`show databases like '${DATABASE}'`)) as [unknown[]]
    return rows.length > 0
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = this.#process
    this.#process = null
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const exit = once(running, 'exit')
    running.kill(signal)
    await exit
  }
}

/** Who runs the server: its files belong to that user, who is its root through the socket. */
const ROOT = userInfo().username

/** Made once a machine; each server gets a copy, which takes a fraction of the time. */
function templateDirectory(): string {
  const template = join(tmpdir(), `rcron-${FLAVOUR.name}-template-${ROOT}-${serverVersion()}`)
  if (existsSync(template)) return template
  const fresh = mkdtempSync(`${template}-`)
  const data = join(fresh, 'data')
  mkdirSync(data)
  const [program = '', ...args] = FLAVOUR.install(data, ROOT)
  execFileSync(program, args, { stdio: 'pipe' })
  try {
    renameSync(data, template)
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(template)) throw error
  }
  rmSync(fresh, { recursive: true, force: true })
  return template
}

function serverVersion(): string {
  const [program = '', ...args] = [...FLAVOUR.program, '--no-defaults', '--version']
  const path = `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`
  const said = execFileSync(program, args, { encoding: 'utf8', env: { ...process.env, PATH: path } })
  return /Ver (\S+)/.exec(said)?.[1] ?? 'unknown'
}
