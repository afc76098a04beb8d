import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { composeStore } from '../../src/app/parts.ts'
import type { SqlStore } from '../../src/store/sql/sql-store.ts'
import { COMPILE_CACHE } from './compile-cache.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DEADLINE_MS = 60_000

export type Ended = {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export type RunOptions = {
  /** Standard input; empty where it is not given. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Options of node itself. */
  readonly node?: readonly string[]
}

/** The `rcron` command over a state directory and a working directory of its own. */
export class RcronCommand implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'rcron-e2e-'))
  readonly stateDirectory = join(this.directory, 'state')
  /** The command's whole environment. */
  protected readonly environment: Readonly<Record<string, string>>

  /** `env` is the command's whole environment, beside what keeps it from the machine's. */
  constructor(env: Readonly<Record<string, string>> = {}) {
    this.environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.directory,
      TZ: 'UTC',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      RCRON_STATE_DIR: this.stateDirectory,
      RCRON_HOSTNAME: 'rcron.test.example',
      ...env,
    }
  }

  /** Starts it; the caller waits for its end. It is killed when it takes too long. */
  start(words: readonly string[], { env = {}, node = [] }: RunOptions = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [...node, MAIN, ...words], {
      cwd: this.directory,
      env: { ...this.environment, ...env },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    })
  }

  /** The rows of `rcron NOUN list`, with its filters. */
  async list(noun: string, ...filters: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const answer = (await this.json(noun, 'list', ...filters)) as { readonly schema: string; readonly items: [] }
    if (answer.schema !== `rcron.${noun}s.v1`) throw new Error(`unexpected schema ${answer.schema}`)
    return answer.items
  }

  async run(words: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return await endOf(this.start(words, options), options)
  }

  /** Runs a line of a shell in which `rcron` is the command. */
  async inShell(line: string): Promise<Ended> {
    const script = `rcron() { "$NODE" "$MAIN" "$@"; }; ${line}`
    const child = spawn('sh', ['-c', script], {
      cwd: this.directory,
      env: { ...this.environment, NODE: process.execPath, MAIN },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    })
    return await endOf(child, {})
  }

  /** Runs it below `script`, a Python program that is given the command as its arguments. */
  async inTerminal(script: string, words: readonly string[]): Promise<Ended> {
    const child = spawn('python3', ['-c', script, process.execPath, MAIN, ...words], {
      cwd: this.directory,
      env: { ...this.environment, TERM: 'xterm' },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    })
    return await endOf(child, {})
  }

  /** Runs it and expects it to succeed; resolves with what it printed. */
  async ok(...words: readonly string[]): Promise<string> {
    return succeeded(words, await this.run(words))
  }

  /** Expects it to succeed and to print JSON. */
  async json(...words: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.ok(...words, '--json'))
  }

  /** As `ok`, with a standard input. */
  async fed(input: string, ...words: readonly string[]): Promise<string> {
    return succeeded(words, await this.run(words, { input }))
  }

  /** Makes the tables of an SQLite store, and lends the store to fill it: quicker than a command for each row. */
  async prepare(fill: (editor: SqlStore['editor'], store: SqlStore) => Promise<void>): Promise<void> {
    mkdirSync(this.stateDirectory, { recursive: true, mode: 0o700 })
    const store = await composeStore({ database: { kind: 'sqlite', path: join(this.stateDirectory, 'rcron.db') } })
    try {
      await store.applySchema(await store.planSchema())
      await fill(store.editor, store)
    } finally {
      await store.close()
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function succeeded(words: readonly string[], { status, stdout, stderr }: Ended): string {
  if (status === 0) return stdout
  throw new Error(`rcron ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

async function endOf(child: ChildProcessWithoutNullStreams, { input = '' }: RunOptions): Promise<Ended> {
  child.stdin.on('error', () => {}) // It need not read what it is given.
  child.stdin.end(input)
  const [stdout, stderr, [status, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ])
  return { status, signal, stdout, stderr }
}
