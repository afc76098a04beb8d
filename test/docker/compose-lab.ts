import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoggedEvent } from '../support/daemon.ts'
import { waitUntil } from '../support/wait-until.ts'

const run = promisify(execFile)
const COMPOSE_FILE = join(import.meta.dirname, '..', '..', 'docker', 'compose.yaml')
/** Building images and pulling what they stand on, on a slow machine. */
const DEADLINE_MS = 20 * 60_000

/** What the tests change of the compose file: log lines that they can read. */
const READABLE = 'services:\n  rcron:\n    environment:\n      RCRON_LOG_FORMAT: json\n      RCRON_LOG_RUNS: runs\n'

/**
 * The services of the compose file, under a project name of their own. RCRON_TEST_COMPOSE_FILE names a further file for engines that
 * cannot give each container a network of its own.
 */
export class ComposeLab implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'rcron-docker-'))
  readonly #words: readonly string[]

  constructor() {
    const readable = join(this.#directory, 'readable.yaml')
    writeFileSync(readable, READABLE)
    const more = process.env['RCRON_TEST_COMPOSE_FILE']
    const files = [COMPOSE_FILE, readable, ...(more === undefined || more === '' ? [] : [more])]
    this.#words = ['compose', '-p', `rcron-test-${process.pid}`, ...files.flatMap((file) => ['-f', file])]
  }

  /** `docker compose …`; resolves with what it printed, rejects with what it complained of. */
  async compose(...words: readonly string[]): Promise<string> {
    return await docker(...this.#words, ...words)
  }

  async up(): Promise<void> {
    await this.compose('up', '--build', '--detach')
  }

  /** What rcron has logged since it was created. */
  async events(): Promise<readonly LoggedEvent[]> {
    const text = await this.compose('logs', '--no-log-prefix', '--no-color', 'rcron')
    return text
      .split('\n')
      .flatMap((line) => (line.includes('{') ? [JSON.parse(line.slice(line.indexOf('{'))) as LoggedEvent] : []))
  }

  /** Resolves with the first event that fits, past or to come. */
  async event(what: string, fits: (event: LoggedEvent) => boolean, deadlineMs = 240_000): Promise<LoggedEvent> {
    return await waitUntil(`rcron logs ${what}`, async () => (await this.events()).find(fits) ?? null, deadlineMs)
  }

  /** The container of the service `rcron`, a field of what the engine knows of it. */
  async inspect(format: string): Promise<string> {
    const id = (await this.compose('ps', '--all', '--quiet', 'rcron')).trim()
    return (await docker('inspect', '--format', format, id)).trim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '5')
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

async function docker(...words: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', words, { timeout: DEADLINE_MS, maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
