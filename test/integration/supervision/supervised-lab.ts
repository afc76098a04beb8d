import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Cron } from '../../../src/domain/cron.ts'
import type { Run, RunId, RunResult, RunTrace } from '../../../src/domain/run.ts'
import type { AdoptedRun, Executor, RunningRun, RunWatch } from '../../../src/execution/executor.ts'
import { createSupervisedExecutor } from '../../../src/execution/supervision/ssh-supervised-executor.ts'
import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { createSystemNameResolver } from '../../../src/hosts/names/system-name-resolver.ts'
import { createSshSessions, type SshSessions } from '../../../src/hosts/ssh-sessions.ts'
import type { Access } from '../../../src/hosts/target.ts'
import { DEFAULT_TIMINGS, type Timings } from '../../../src/hosts/timings.ts'
import { createCredentials } from '../../../src/secrets/credentials.ts'
import { aCron, anAuth, aSystem, minute, RecordingLog, somePlaces } from '../../support/builders.ts'
import { killAll, processesThat } from '../../support/processes.ts'
import { realClock } from '../../support/real-clock.ts'

/** A server to run on, and what lets its user in. */
export type SupervisedHost = { readonly port: number; readonly secret: string }

export type SupervisedLabOptions = {
  readonly timings?: Partial<Timings>
  readonly lostAfterMs?: number
}

/** What a watch was told, in order. */
export class RecordingWatch implements RunWatch {
  readonly told: string[] = []
  trace: RunTrace | null = null

  started(trace: RunTrace): void {
    this.trace = trace
    this.told.push('started')
  }

  unknown(): void {
    this.told.push('unknown')
  }

  found(): void {
    this.told.push('found')
  }
}

export type WatchedRun = { readonly id: RunId; readonly running: RunningRun; readonly watch: RecordingWatch }

/** A supervised executor with all that stands below it, as the program wires it. Processes of its runs are ended at its end. */
export class SupervisedLab implements AsyncDisposable {
  readonly timings: Timings
  readonly executor: Executor
  readonly log = new RecordingLog()
  readonly #directory = mkdtempSync(join(tmpdir(), 'rcron-supervised-'))
  readonly #sessions: SshSessions
  readonly #ids = new Set<RunId>()

  constructor(options: SupervisedLabOptions = {}) {
    this.timings = { ...DEFAULT_TIMINGS, ...options.timings }
    const { timings } = this
    const knownHosts = join(this.#directory, 'known_hosts')
    this.#sessions = createSshSessions({
      resolver: createSystemNameResolver({ clock: realClock, dnsMs: timings.dnsMs }),
      log: this.log,
      hostKeys: createHostKeys({ file: knownHosts, policy: 'accept-new', clock: realClock, log: new RecordingLog() }),
      clock: realClock,
      timings,
      maxSessions: 4,
    })
    this.executor = createSupervisedExecutor({
      sessions: this.#sessions.sessions,
      credentials: createCredentials(somePlaces()),
      clock: realClock,
      ownName: 'localhost',
      execAnswerMs: timings.execAnswerMs,
      lostAfterMs: options.lostAfterMs ?? 60_000,
      log: this.log,
    })
  }

  start(host: SupervisedHost, command: string, overrides: Partial<Cron> = {}, id = aRunId()): WatchedRun {
    this.#ids.add(id)
    const watch = new RecordingWatch()
    return { id, watch, running: this.executor.start(aRun(host, id, { command, ...overrides }), watch) }
  }

  async run(host: SupervisedHost, command: string, overrides: Partial<Cron> = {}): Promise<RunResult> {
    return await this.start(host, command, overrides).running.result
  }

  adopt(host: SupervisedHost, id: RunId, overrides: Partial<AdoptedRun> = {}): WatchedRun {
    const watch = new RecordingWatch()
    const adopted: AdoptedRun = {
      id,
      command: 'not needed',
      trace: null,
      startedAt: Date.now(),
      timeoutMs: null,
      killGraceMs: 5_000,
      ownConnection: false,
      unknownSince: null,
      killedBy: null,
      access: () => accessTo(host),
      ...overrides,
    }
    return { id, watch, running: this.executor.adopt(adopted, watch) }
  }

  /** As when the process ends: every connection goes. */
  async disconnect(): Promise<void> {
    this.#sessions[Symbol.dispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sessions[Symbol.dispose]()
    await killAll(() => processesThat((text) => text.match(/[0-9a-f]{32}/g)?.some((id) => this.#ids.has(id)) === true))
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

export function aRunId(): RunId {
  // No host sweeps its spool for a run whose id does not end in 00.
  return `${randomBytes(15).toString('hex')}a1`
}

const USER = userInfo().username

export function accessTo({ port, secret }: SupervisedHost): Access {
  return {
    system: aSystem({ host: '127.0.0.1', port, local_port: port }),
    auth: anAuth({ user: USER, password: secret }),
  }
}

export function aRun(host: SupervisedHost, id: RunId, cron: Partial<Cron>): Run {
  return { id, cron: aCron({ ...accessTo(host), ...cron }), minute: minute('2026-03-01T12:00:00Z') }
}

/** Pids of the living processes that belong to a run: the command's own, and those that watch over it. */
export function processesOf(id: RunId): readonly number[] {
  return processesThat((text) => text.includes(id))
}

/** Pids of the living processes of the run's command alone. */
export function commandProcessesOf(id: RunId): readonly number[] {
  return processesThat((text) => text.includes(`RCRON_RUN=${id}`))
}
