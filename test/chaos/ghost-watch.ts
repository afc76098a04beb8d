import type { RunId } from '../../src/domain/run.ts'
import type { TaleEvent } from './rcron-process.ts'
import { commandProcesses } from './run-processes.ts'

const EVERY_MS = 700

export type Ghost = { readonly run: RunId; readonly pids: readonly number[] }

/** Looks again and again for processes of runs that rcron has said it has killed. */
export class GhostWatch {
  readonly #log: () => readonly TaleEvent[]
  readonly #found = new Map<RunId, Ghost>()
  readonly #timer: NodeJS.Timeout

  /** `log`: what all processes of rcron have said so far. */
  constructor(log: () => readonly TaleEvent[]) {
    this.#log = log
    this.#timer = setInterval(() => this.look(), EVERY_MS)
  }

  get ghosts(): readonly Ghost[] {
    return [...this.#found.values()]
  }

  /** What is told as killed by now has no process afterwards. */
  look(): void {
    const killed = new Set(
      this.#log().flatMap(({ event: { outcome, run } }) =>
        (outcome === 'killed' || outcome === 'timed-out') && typeof run === 'string' ? [run] : [],
      ),
    )
    for (const [run, pids] of commandProcesses()) if (killed.has(run)) this.#found.set(run, { run, pids })
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
