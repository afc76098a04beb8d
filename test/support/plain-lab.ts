import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Cron } from '../../src/domain/cron.ts'
import type { AuthRow, SystemRow } from '../../src/domain/rows.ts'
import type { Run, RunResult } from '../../src/domain/run.ts'
import type { Executor, RunningRun, RunWatch } from '../../src/execution/executor.ts'
import { createPlainExecutor } from '../../src/execution/plain/ssh-plain-executor.ts'
import type { HostKeyPolicy } from '../../src/hosts/host-keys/host-key-verdict.ts'
import { createHostKeys } from '../../src/hosts/host-keys/host-keys.ts'
import { loginOf } from '../../src/hosts/login-of.ts'
import type { NameResolver } from '../../src/hosts/names/name-resolver.ts'
import { createSystemNameResolver } from '../../src/hosts/names/system-name-resolver.ts'
import type { SessionRequest } from '../../src/hosts/sessions.ts'
import { createSshSessions, type SshSessions } from '../../src/hosts/ssh-sessions.ts'
import { DEFAULT_TIMINGS, type Timings } from '../../src/hosts/timings.ts'
import type { ExecRequest } from '../../src/hosts/transport.ts'
import { type Credentials, createCredentials } from '../../src/secrets/credentials.ts'
import { aCron, anAuth, aSystem, minute, RecordingLog, somePlaces } from './builders.ts'
import { realClock } from './real-clock.ts'

/** A server to run on, and what lets its user in. */
export type LabHost = {
  readonly port: number
  readonly user?: string
  readonly secret: string
  readonly passphrase?: string
}

export type PlainLabOptions = {
  readonly timings?: Partial<Timings>
  readonly hostKeys?: HostKeyPolicy
  readonly resolver?: NameResolver
  readonly maxSessions?: number
}

/** A plain executor with all that stands below it, as the program wires it, over a known_hosts file of its own. */
export class PlainLab implements AsyncDisposable {
  readonly log = new RecordingLog()
  readonly #directory = mkdtempSync(join(tmpdir(), 'rcron-plain-'))
  readonly knownHosts = join(this.#directory, 'known_hosts')
  readonly timings: Timings
  readonly executor: Executor
  readonly #credentials: Credentials
  readonly #sessions: SshSessions
  #runs = 0

  constructor(options: PlainLabOptions = {}) {
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings }
    const policy = options.hostKeys ?? 'accept-new'
    const hostKeys = createHostKeys({ file: this.knownHosts, policy, clock: realClock, log: this.log })
    const resolver = options.resolver ?? createSystemNameResolver({ clock: realClock, dnsMs: this.timings.dnsMs })
    this.#sessions = createSshSessions({
      resolver,
      hostKeys,
      log: this.log,
      clock: realClock,
      timings: this.timings,
      maxSessions: options.maxSessions ?? 4,
    })
    this.#credentials = createCredentials(somePlaces({ home: this.#directory }))
    this.executor = createPlainExecutor({
      sessions: this.#sessions.sessions,
      credentials: this.#credentials,
      clock: realClock,
      ownName: 'localhost',
      killMs: this.timings.killMs,
    })
  }

  get sessions(): SshSessions['sessions'] {
    return this.#sessions.sessions
  }

  start(host: LabHost, command: string, overrides: Partial<Cron> = {}): RunningRun {
    return this.executor.start(aRun(host, { command, ...overrides }, ++this.#runs), IGNORED)
  }

  async run(host: LabHost, command: string, overrides: Partial<Cron> = {}): Promise<RunResult> {
    return await this.start(host, command, overrides).result
  }

  /** What `command` prints on stdout, byte by byte; its bytes are sent as they are. */
  async printed(host: LabHost, command: string | Buffer): Promise<Buffer> {
    const chunks: Buffer[] = []
    const login = await loginOf(aRun(host, {}).cron, { credentials: this.#credentials, ownName: 'localhost' })
    if (login.kind === 'refused') throw new Error(login.reason)
    const onOutput: ExecRequest['onOutput'] = (stream, chunk) => {
      if (stream === 'stdout') chunks.push(Buffer.from(chunk))
    }
    const request: SessionRequest = { login, command, sharing: 'shared', onOutput }
    const answer = await this.sessions.exec(request, new AbortController().signal)
    if (answer.kind !== 'running') throw new Error(answer.reason)
    await answer.command.ended
    return Buffer.concat(chunks)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessions[Symbol.dispose]()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** A run of `cron` on `host`, which is on 127.0.0.1 unless the cron names another system. */
export function aRun(host: LabHost, cron: Partial<Cron>, number = 1): Run {
  const auth: AuthRow = anAuth({
    user: host.user ?? userInfo().username,
    password: host.secret,
    passphrase: host.passphrase ?? null,
  })
  const system: SystemRow = aSystem({ host: '127.0.0.1', port: host.port, supervise: 0 })
  const id = number.toString(16).padStart(32, '0')
  return { id, cron: aCron({ system, auth, ...cron }), minute: minute('2026-03-01T12:00:00Z') }
}

const IGNORED: RunWatch = { started: () => {}, unknown: () => {}, found: () => {} }
