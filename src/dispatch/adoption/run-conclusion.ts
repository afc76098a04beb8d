import { hadNoEffect, type KilledBy, type Outcome } from '../../domain/outcome.ts'
import type { RunResult } from '../../domain/run.ts'
import type { AdoptedRun, Executor } from '../../execution/executor.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log, LogFields } from '../../platform/log/log.ts'
import type { ActiveRun } from '../active/active-run.ts'
import { killLimitOf } from '../kill-limit.ts'
import type { Hold } from '../locks/hold.ts'
import { type AccessTo, adoptedRunOf } from '../locks/lock-of-run.ts'
import type { RunLock } from '../locks/run-locks.ts'
import { watchOf } from '../run-watch.ts'

export type RunConclusionParts = { readonly executor: Executor; readonly clock: Clock; readonly log: Log }

/** A run that was heard to have ended, with its lock or what that would say. */
export type HeardRun = {
  readonly lock: RunLock
  readonly active: ActiveRun
  readonly hold: Hold
  readonly fields: LogFields
  readonly accessTo: AccessTo
}

/** How a run has ended; `isOurs`: it is this process that tells it. */
export type Conclusion = { readonly result: RunResult; readonly isOurs: boolean }

/**
 * Decides what is told of a run that was heard to have ended, and by whom, where processes share it. One that another process has begun
 * to kill is dead when its host has proved that nothing of it is left: the end of its session, or of its first process, is not that. One
 * whose lock has gone without any process of rcron having removed it ended as its host says.
 */
export class RunConclusion {
  readonly #parts: RunConclusionParts

  constructor(parts: RunConclusionParts) {
    this.#parts = parts
  }

  async of(result: RunResult, run: HeardRun): Promise<Conclusion> {
    const standing = await run.hold.standing()
    switch (standing.kind) {
      case 'held':
        return { result, isOurs: true }
      case 'settled':
        return { result: withOutcome(result, killed('clobber')), isOurs: false }
      case 'marked': {
        const proven = await this.#proven(result, run, standing.by)
        return { result: proven, isOurs: await run.hold.claim() }
      }
      case 'absent': {
        const asked = await this.#asked(result, run)
        run.hold.leave()
        return { result: asked, isOurs: true }
      }
      case 'replaced':
        return { result: await this.#asked(result, run), isOurs: true }
      default:
        return standing satisfies never
    }
  }

  async #proven(result: RunResult, run: HeardRun, by: KilledBy): Promise<RunResult> {
    const isProven = result.endedByItself || result.outcome.kind === 'killed' || result.outcome.kind === 'timed-out'
    if (isProven || run.active.killedBy !== null) return result
    if (hadNoEffect(result.outcome)) return withOutcome(result, killed(by))
    return await this.#toldByHost(result, run, by)
  }

  async #asked(result: RunResult, run: HeardRun): Promise<RunResult> {
    const isKnown = run.active.killedBy !== null || result.endedByItself || hadNoEffect(result.outcome)
    if (isKnown) return result
    const told = await this.#toldByHost(result, run, null)
    const isOwn = told.endedByItself || told.outcome.kind === 'lost' || told === result
    return isOwn ? told : withOutcome(told, killed('clobber'))
  }

  /** The result with the outcome that its host tells; as it is where its host knows nothing of runs, or was silent for too long already. */
  async #toldByHost(result: RunResult, run: HeardRun, killedBy: KilledBy | null): Promise<RunResult> {
    const { lock, active, hold, fields, accessTo } = run
    const adopted = { ...adoptedRunOf(lock, accessTo), killedBy }
    if (result.outcome.kind === 'lost' || isUnsupervised(adopted)) return result
    const over = new AbortController()
    const watch = watchOf(this.#parts, { active, hold, fields, isAdopted: true, over: over.signal })
    const running = this.#parts.executor.adopt(adopted, watch)
    active.attach({ id: lock.run, running, hold, killLimitMs: () => killLimitOf(adopted) })
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

function killed(by: KilledBy): Outcome {
  return { kind: 'killed', by }
}
