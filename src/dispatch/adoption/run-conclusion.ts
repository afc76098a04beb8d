import { hadNoEffect, type KilledBy, killed, type Outcome } from '../../domain/outcome.ts'
import type { RunResult } from '../../domain/run.ts'
import type { RunFacts } from '../../domain/run-event.ts'
import type { AdoptedRun, Executor } from '../../execution/executor.ts'
import { killLimitOf } from '../kill-limit.ts'
import { type AccessTo, adoptedRunOf } from '../locks/lock-of-run.ts'
import type { RunLock } from '../locks/run-locks.ts'
import type { Occupancy } from '../occupancy.ts'
import { type RunWatchParts, watchOf } from '../run-watch.ts'

/** What the end of a shared run is decided with. */
export type RunConclusionParts = RunWatchParts & { readonly executor: Executor }

/** A run that was heard to have ended, with its lock or what that would say. */
export type ProbedRun = {
  readonly run: RunFacts
  readonly lock: RunLock
  readonly occupancy: Pick<Occupancy, 'active' | 'holder'>
  readonly accessTo: AccessTo
}

/** How a run has ended; `isOurs`: it is this process that tells it. */
export type Conclusion = { readonly result: RunResult; readonly isOurs: boolean }

/**
 * Decides what is reported of a run whose end became known, and by whom, where processes share it. One that another process has begun
 * to kill is dead when its host has proved that nothing of it is left: the end of its session, or of its first process, is not that. One
 * whose lock has gone without any process of rcron having removed it ended as its host says.
 */
export class RunConclusion {
  readonly #parts: RunConclusionParts

  constructor(parts: RunConclusionParts) {
    this.#parts = parts
  }

  async of(result: RunResult, heard: ProbedRun): Promise<Conclusion> {
    const standing = await heard.occupancy.holder.revokedBy()
    switch (standing.kind) {
      case 'held':
        return { result, isOurs: true }
      case 'settled':
        return { result: withOutcome(result, killed('clobber')), isOurs: false }
      case 'marked': {
        const proven = await this.#proven(result, heard, standing.by)
        return { result: proven, isOurs: await heard.occupancy.holder.claim() }
      }
      case 'absent': {
        const asked = await this.#asked(result, heard)
        heard.occupancy.holder.keepForNextStart()
        return { result: asked, isOurs: true }
      }
      case 'replaced':
        return { result: await this.#asked(result, heard), isOurs: true }
      default:
        return standing satisfies never
    }
  }

  async #proven(result: RunResult, heard: ProbedRun, by: KilledBy): Promise<RunResult> {
    const isProven = result.endedByItself || result.outcome.kind === 'killed' || result.outcome.kind === 'timed-out'
    if (isProven || heard.occupancy.active.killedBy !== null) return result
    if (hadNoEffect(result.outcome)) return withOutcome(result, killed(by))
    return await this.#toldByHost(result, heard, by)
  }

  async #asked(result: RunResult, heard: ProbedRun): Promise<RunResult> {
    const isKnown = heard.occupancy.active.killedBy !== null || result.endedByItself || hadNoEffect(result.outcome)
    if (isKnown) return result
    const told = await this.#toldByHost(result, heard, null)
    const isOwn = told.endedByItself || told.outcome.kind === 'lost' || told === result
    return isOwn ? told : withOutcome(told, killed('clobber'))
  }

  /** The result with the outcome that its host tells; as it is where its host knows nothing of runs, or was silent for too long already. */
  async #toldByHost(result: RunResult, heard: ProbedRun, killedBy: KilledBy | null): Promise<RunResult> {
    const { run, lock, occupancy, accessTo } = heard
    const { active, holder } = occupancy
    const adopted = { ...adoptedRunOf(lock, accessTo), killedBy }
    if (result.outcome.kind === 'lost' || isUnsupervised(adopted)) return result
    const over = new AbortController()
    const watch = watchOf(this.#parts, { run, occupancy, isStartTold: true, over: over.signal })
    const running = this.#parts.executor.adopt(adopted, watch)
    active.attach({ run, running, holder, killLimitMs: () => killLimitOf(adopted) })
    const { outcome, endedByItself } = await running.result
    over.abort()
    return { ...result, outcome, endedByItself }
  }
}

function isUnsupervised({ trace, access }: AdoptedRun): boolean {
  return trace === null && access()?.system.supervise === 0
}

function withOutcome(result: RunResult, outcome: Outcome): RunResult {
  return { ...result, outcome }
}
