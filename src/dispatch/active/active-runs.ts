import { type Firing, jobKey } from '../../domain/job.ts'
import type { RunId } from '../../domain/run.ts'
import type { ActiveRun } from './active-run.ts'

/** Everything that is active, found by its job and by its rows. */
export class ActiveRuns {
  readonly #all = new Set<ActiveRun>()
  readonly #byJob = new Map<string, Set<ActiveRun>>()
  readonly #byCron = new Map<number, Set<ActiveRun>>()
  #waiting: (() => void)[] = []

  add(run: ActiveRun): void {
    this.#all.add(run)
    join(this.#byJob, run.job, run)
    for (const id of run.crons) join(this.#byCron, id, run)
  }

  remove(run: ActiveRun): void {
    this.#all.delete(run)
    leave(this.#byJob, run.job, run)
    for (const id of run.crons) leave(this.#byCron, id, run)
    run.end()
    if (this.isIdle) for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Whether nothing is active but what other processes answer for. */
  get isIdle(): boolean {
    for (const { state } of this.#all) if (state !== 'elsewhere') return false
    return true
  }

  /** Resolves as soon as `isIdle` holds. */
  async idle(): Promise<void> {
    while (!this.isIdle) await new Promise<void>((wake) => this.#waiting.push(wake))
  }

  /** What may stand in the way of `firing`. */
  relatedTo(firing: Firing): ReadonlySet<ActiveRun> {
    const related = new Set(this.#byJob.get(jobKey(firing.job)))
    for (const { id } of firing.crons) for (const run of this.#byCron.get(id) ?? []) related.add(run)
    return related
  }

  has(id: RunId): boolean {
    for (const run of this.#all) if (run.id === id) return true
    return false
  }

  [Symbol.iterator](): Iterator<ActiveRun> {
    return this.#all.values()
  }
}

function join<Key>(index: Map<Key, Set<ActiveRun>>, key: Key, run: ActiveRun): void {
  const there = index.get(key)
  if (there === undefined) index.set(key, new Set([run]))
  else there.add(run)
}

function leave<Key>(index: Map<Key, Set<ActiveRun>>, key: Key, run: ActiveRun): void {
  const there = index.get(key)
  there?.delete(run)
  if (there?.size === 0) index.delete(key)
}
