import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunId } from '../../../src/domain/run.ts'
import type { ClaimPolicy } from '../../../src/execution/executor.ts'
import {
  type KillAnswer,
  type ProbeState,
  parseKillAnswer,
  parseProbeAnswer,
  type StartAnswer,
} from '../../../src/execution/remote/answers.ts'
import { PreambleFinder } from '../../../src/execution/remote/preamble-finder.ts'
import { shownName } from '../../../src/execution/remote/shown-name.ts'
import {
  encodeCommand,
  type KnownRun,
  killCommand,
  probeCommand,
  startCommand,
} from '../../../src/execution/remote/verbs.ts'
import { killIfThere, processIds, readOfProcess } from '../../support/processes.ts'

/** Shells that stand for a host's /bin/sh, by the path of their binary. */
export const POSIX_SHELLS = {
  dash: '/usr/bin/dash',
  bash: '/usr/bin/bash',
  mksh: '/usr/bin/mksh',
  ksh93: '/usr/bin/ksh93',
  busybox: '/usr/bin/busybox',
  yash: '/usr/bin/yash',
} as const
export type PosixShell = keyof typeof POSIX_SHELLS

export const LOGIN_SHELLS = {
  bash: '/usr/bin/bash',
  dash: '/usr/bin/dash',
  zsh: '/usr/bin/zsh',
  mksh: '/usr/bin/mksh',
  ksh93: '/usr/bin/ksh93',
  tcsh: '/usr/bin/tcsh',
  fish: '/usr/bin/fish',
  yash: '/usr/bin/yash',
  ash: '/usr/bin/busybox',
} as const
export type LoginShell = keyof typeof LOGIN_SHELLS

export type Session = {
  readonly id: RunId
  readonly process: ChildProcess
  readonly answer: Promise<StartAnswer | null>
  /** Settles with `exit`, whatever still holds the streams. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
  readonly closed: Promise<void>
  readonly stdout: () => string
  readonly stderr: () => string
  /** What a cut connection is to the host: nobody reads any more. */
  readonly cut: () => void
}

export type HostSettings = {
  readonly sh?: PosixShell
  readonly login?: LoginShell
  /** A script for the shell that runs the command in place of the login shell, which decodes it still. */
  readonly printer?: string
  readonly env?: Readonly<Record<string, string>>
  /** Programs that take so many seconds longer, and whose calls are counted. */
  readonly slow?: Readonly<Record<string, number>>
}

export function aRunId(): RunId {
  return `${randomBytes(15).toString('hex')}11`
}

/** A host of one's own: a home, a /bin/sh and a login shell, and what sshd does to run a command. Ends all that it started. */
export class RemoteHost {
  readonly home: string
  readonly #directory: string
  readonly #sh: string
  readonly #login: string
  readonly #env: Readonly<Record<string, string>>
  readonly #ids: RunId[] = []
  readonly #sessions: ChildProcess[] = []

  constructor({ sh = 'dash', login = 'bash', printer, env = {}, slow = {} }: HostSettings = {}) {
    this.#directory = mkdtempSync(join(tmpdir(), 'rcron-host-'))
    chmodSync(this.#directory, 0o755)
    this.home = join(this.#directory, 'home')
    mkdirSync(this.home)
    this.#sh = join(this.#directory, 'sh')
    symlinkSync(POSIX_SHELLS[sh], this.#sh)
    this.#login = join(this.#directory, login)
    symlinkSync(LOGIN_SHELLS[login], this.#login)
    mkdirSync(this.path('slow'))
    for (const [name, seconds] of Object.entries(slow))
      this.#program(`slow/${name}`, `echo called >>$0.calls; sleep ${seconds}; exec /usr/bin/${name} "$@"`)
    this.#env = {
      PATH: `${this.path('slow')}:/usr/local/bin:/usr/bin:/bin`,
      HOME: this.home,
      LOGNAME: `rcron-test-${this.#directory.slice(-6)}`,
      SHELL: printer === undefined ? this.#login : this.#program('printer', printer),
      ...env,
    }
  }

  get spool(): string {
    return join(this.home, '.local/state/rcron-runs')
  }

  /** The private place in /var/tmp that this host falls back to. */
  get otherSpool(): string {
    return `/var/tmp/rcron-${this.#env['LOGNAME']}`
  }

  claim(id: RunId): string {
    return readFileSync(join(this.spool, id), 'utf8')
  }

  files(): readonly string[] {
    return readdirSync(this.spool).filter((name) => name !== '.private')
  }

  path(name: string): string {
    return join(this.#directory, name)
  }

  /** How often the slow program `name` was called so far. */
  callsOf(name: string): number {
    return readFileSync(this.path(`slow/${name}.calls`), 'utf8').split('\n').length - 1
  }

  start(
    command: string | Uint8Array,
    options: {
      readonly id?: RunId
      readonly keepOutput?: boolean
      readonly forget?: readonly RunId[]
      readonly ownConnection?: boolean
      readonly job?: string
      readonly keeping?: ClaimPolicy
    } = {},
  ): Session {
    const id = options.id ?? aRunId()
    const { keepOutput = false, forget = [], ownConnection = false, job = 'nightly', keeping } = options
    this.#ids.push(id)
    return this.#session(
      id,
      startCommand(encodeCommand(command), id, {
        job: shownName(job, String(command)),
        ownConnection,
        keepOutput,
        forget,
        keeping,
      }),
    )
  }

  async probe(runs: readonly KnownRun[], plant = false): Promise<ReadonlyMap<RunId, ProbeState>> {
    return parseProbeAnswer(await this.run(probeCommand(runs, { plant, output: false, forget: [] })))
  }

  async stateOf(id: RunId): Promise<ProbeState | undefined> {
    return (await this.probe([{ id, trace: null }])).get(id)
  }

  async kill(run: KnownRun, graceMs = 2000): Promise<KillAnswer | null> {
    return parseKillAnswer(await this.run(killCommand(run, { graceMs, ownConnection: false })), run.id)
  }

  /** What a command prints on stdout, run as sshd runs it. */
  async run(command: string): Promise<string> {
    const process = this.#spawn(command)
    const chunks: Buffer[] = []
    process.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    process.stderr?.resume()
    await new Promise((resolve) => process.once('close', resolve))
    return Buffer.concat(chunks).toString()
  }

  /** Pids of processes that carry the marker of `id`. */
  alive(id: RunId): readonly number[] {
    return pidsWhose('environ', `RCRON_RUN=${id}`)
  }

  /** Pids of everything that rcron itself started for `id`: shells and sinks. */
  watching(id: RunId): readonly number[] {
    return [...pidsWhose('environ', `RCRON_SINK=${id}`), ...pidsWhose('cmdline', id)]
  }

  end(): void {
    for (const id of this.#ids) {
      for (const pid of [...this.alive(id), ...this.watching(id)]) killIfThere(pid)
    }
    for (const session of this.#sessions) if (session.exitCode === null) session.kill('SIGKILL')
    rmSync(this.#directory, { recursive: true, force: true })
    rmSync(this.otherSpool, { recursive: true, force: true })
  }

  /** An executable script of this host. */
  #program(name: string, text: string): string {
    writeFileSync(this.path(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    return this.path(name)
  }

  #spawn(command: string): ChildProcess {
    const sent = command.replaceAll(' /bin/sh -c ', ` ${this.#sh} -c `)
    const process = spawn(this.#login, ['-c', sent], {
      env: this.#env,
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    process.stdin?.on('error', () => undefined).end()
    this.#sessions.push(process)
    return process
  }

  #session(id: RunId, command: string): Session {
    const process = this.#spawn(command)
    const finder = new PreambleFinder(id)
    const out: Buffer[] = []
    const err: Buffer[] = []
    const answer = Promise.withResolvers<StartAnswer | null>()
    process.stdout?.on('data', (chunk: Buffer) => {
      const found = finder.push(chunk)
      out.push(found.output)
      if (found.answer !== null) answer.resolve(found.answer)
    })
    process.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    const closed = new Promise<void>((resolve) => process.once('close', () => resolve()))
    closed.then(() => answer.resolve(null))
    return {
      id,
      process,
      answer: answer.promise,
      exited: new Promise((resolve) => process.once('exit', (code, signal) => resolve({ code, signal }))),
      closed,
      stdout: () => Buffer.concat(out).toString('latin1'),
      stderr: () => Buffer.concat(err).toString('latin1'),
      cut: () => {
        process.stdout?.destroy()
        process.stderr?.destroy()
      },
    }
  }
}

function pidsWhose(part: 'environ' | 'cmdline', text: string): readonly number[] {
  return processIds().filter((pid) => readOfProcess(pid, part).includes(text))
}
