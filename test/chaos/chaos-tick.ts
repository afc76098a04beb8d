import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import type { LoggedEvent } from '../support/daemon.ts'
import { FastClock } from './fast-clock.ts'
import type { RcronProcess } from './rcron-process.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

export type ChaosTickParts = {
  readonly number: number
  /** Behind `rcron tick`. */
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** One `rcron tick` in a process of its own, which logs JSON. */
export class ChaosTick implements RcronProcess {
  readonly number: number
  readonly events: LoggedEvent[] = []
  /** What it printed that is no log line. */
  readonly noise: string[] = []
  /** Resolves with its exit status; null where a signal ended it. */
  readonly exited: Promise<number | null>
  readonly #pid: number | undefined
  #killedAt: number | null = null
  #endedAt: number | null = null

  constructor({ number, words, environment }: ChaosTickParts) {
    this.number = number
    const child = spawn(process.execPath, [MAIN, 'tick', ...words], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        RCRON_LOG_FORMAT: 'json',
        RCRON_LOG_LEVEL: 'info',
        RCRON_LOG_RUNS: 'runs',
        ...environment,
      },
      cwd: environment['HOME'],
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#pid = child.pid
    const killAtExit = () => child.kill('SIGKILL')
    process.once('exit', killAtExit)
    createInterface({ input: child.stderr }).on('line', (line) => this.#read(line))
    this.exited = once(child, 'close').then(([code]) => {
      process.off('exit', killAtExit)
      this.#endedAt = Date.now()
      if (child.pid !== undefined) FastClock.sweep(child.pid)
      return code as number | null
    })
  }

  get killedAt(): number | null {
    return this.#killedAt
  }

  get endedAt(): number | null {
    return this.#endedAt
  }

  async kill(): Promise<void> {
    if (this.#pid === undefined) return
    this.#killedAt ??= Date.now()
    try {
      process.kill(this.#pid, 'SIGKILL')
    } catch {
      // It has ended by itself meanwhile.
    }
    await this.exited
  }

  #read(line: string): void {
    try {
      this.events.push(JSON.parse(line) as LoggedEvent)
    } catch {
      this.noise.push(line)
    }
  }
}
