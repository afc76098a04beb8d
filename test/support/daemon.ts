import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { COMPILE_CACHE } from './compile-cache.ts'
import { until, waitUntil } from './wait-until.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** One line of the daemon's log. */
export type LoggedEvent = { readonly level: string; readonly msg: string; readonly [field: string]: unknown }

export type DaemonOptions = {
  /** RCRON_… variables; a fresh state directory is used where none is given. */
  readonly environment: Readonly<Record<string, string>>
  /** The file that Node runs; that of the source where none is given. */
  readonly main?: string
  /** What runs it, before node: `['faketime', '-f', '+3m']`. */
  readonly wrapper?: readonly string[]
  /** A descriptor that it prints to, instead of being read. */
  readonly stdout?: number
}

/** Stands in for systemd: descriptor 3 is connected to where services report. */
const UNDER_SYSTEMD = ['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$0" "$@"'] as const
const SYSTEMD_ENVIRONMENT = { NOTIFY_SOCKET: '/run/systemd/notify', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify' }

/** A real daemon in a process of its own, which logs JSON. */
export class DaemonProcess {
  readonly events: LoggedEvent[] = []
  /** All that it printed, as it came. */
  output = ''
  /** All that it told systemd: `READY=1`, `STATUS=…`, one message directly after the other. */
  notified = ''
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>

  constructor({ environment, main = MAIN, wrapper = [], stdout }: DaemonOptions) {
    const [program, ...args] = [...wrapper, ...UNDER_SYSTEMD, process.execPath, main, 'daemon']
    this.#child = spawn(program ?? process.execPath, args, {
      env: {
        PATH: process.env['PATH'],
        HOME: environment['HOME'] ?? tmpdir(),
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        RCRON_LOG_FORMAT: 'json',
        RCRON_LOG_RUNS: 'runs',
        RCRON_DRAIN_SECONDS: '5',
        ...SYSTEMD_ENVIRONMENT,
        ...environment,
      },
      cwd: environment['HOME'] ?? environment['RCRON_STATE_DIR'] ?? tmpdir(),
      stdio: ['ignore', stdout ?? 'pipe', 'pipe', 'pipe'],
    })
    this.#exited = once(this.#child, 'close').then(([code]) => code as number | null)
    // A test that dies on the way leaves nothing running.
    const killAtExit = () => this.#child.kill('SIGKILL')
    process.once('exit', killAtExit)
    this.#child.once('close', () => process.off('exit', killAtExit))
    const [, , , notices] = this.#child.stdio
    if (notices instanceof Readable) {
      notices.setEncoding('utf8').on('data', (text: string) => {
        this.notified += text
      })
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#read(line))
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The first event that fits, past or to come. */
  event(what: string, fits: (event: LoggedEvent) => boolean, deadlineMs = 60_000): Promise<LoggedEvent> {
    return waitUntil(`the daemon logs ${what}`, async () => this.events.find(fits) ?? null, deadlineMs).catch(
      (error) => {
        throw new Error(`${error.message}; it has logged:\n${this.output.slice(-6000)}`, { cause: error })
      },
    )
  }

  /** The first end of a run of the job that came to that. */
  ended(job: string, outcome: string, deadlineMs?: number): Promise<LoggedEvent> {
    return this.event(
      `that ${job} ${outcome}`,
      (event) => event['job'] === job && event['outcome'] === outcome,
      deadlineMs,
    )
  }

  /** Everything it logged under that message so far. */
  logged(msg: string): readonly LoggedEvent[] {
    return this.events.filter((event) => event.msg === msg)
  }

  /** The `count`th event of that message. */
  async said(msg: string, count = 1, deadlineMs?: number): Promise<LoggedEvent> {
    await this.event(`"${msg}" ${count} times`, () => this.logged(msg).length >= count, deadlineMs)
    return this.logged(msg)[count - 1] ?? { level: '', msg }
  }

  /** Resolves when it has told systemd so. */
  async tells(pattern: RegExp, deadlineMs?: number): Promise<void> {
    await until(`systemd is told ${pattern}`, () => pattern.test(this.notified), deadlineMs)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** SIGHUP; resolves when it has told systemd that settings and definitions were read anew, or could not be. */
  async reload(): Promise<void> {
    const before = this.notified.length
    this.signal('SIGHUP')
    const isReloaded = () => /RELOADING=1.*READY=1/s.test(this.notified.slice(before))
    await until('it has reloaded', isReloaded, 30_000)
  }

  /** Resolves with its exit status; null where a signal ended it. */
  exit(): Promise<number | null> {
    return this.#exited
  }

  async stop(): Promise<number | null> {
    this.signal('SIGTERM')
    return await this.#exited
  }

  /** For the end of a test, whatever state it left: no process stays behind. */
  async end(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exited
  }

  #read(line: string): void {
    this.output += `${line}\n`
    try {
      this.events.push(JSON.parse(line) as LoggedEvent)
    } catch {
      // Not a log line: a crash, which tests find in `output`.
    }
  }
}

/** What a command did. */
export type CommandEnd = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Carries `rcron …` out in a process of its own. */
export async function rcron(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    cwd: environment['RCRON_STATE_DIR'] ?? tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = (await once(child, 'close')) as [number | null]
  const [stdout, stderr] = await texts
  return { code, stdout, stderr }
}

/** A state directory that is gone when the test has ended. */
export function aStateDirectory(after: (clean: () => void) => void): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-state-'))
  after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
