import type { KilledBy, Outcome } from '../../domain/outcome.ts'
import { type Run, type RunResult, resultWithoutOutput } from '../../domain/run.ts'
import { notBegun } from '../../hosts/handover.ts'
import { type LoginParts, loginOf } from '../../hosts/login-of.ts'
import type { SessionAnswer, Sessions } from '../../hosts/sessions.ts'
import type { CommandEnd, RemoteCommand } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import type { AdoptedRun, Executor, KillConfirmation, RunningRun } from '../executor.ts'
import { OutputCapture } from '../output/output-capture.ts'
import { outcomeOfEnd } from '../remote/host-status.ts'
import { type KillTimings, killPlainly } from './plain-kill.ts'

/** What plain runs are carried out with. */
export type PlainExecutorParts = LoginParts & {
  readonly sessions: Pick<Sessions, 'exec'>
  readonly clock: Clock
  /** Milliseconds from SIGKILL to the news of the command's death. */
  readonly killMs: number
}

/**
 * Runs commands as they are, for hosts that have no POSIX shell: nothing on the host knows of the run. Where the connection
 * breaks the run is lost, and a death is confirmed only where the host itself reports the command's end.
 */
export function createPlainExecutor(parts: PlainExecutorParts): Executor {
  return {
    start: (run, watch) => {
      const running = new PlainRun(parts, run)
      watch.prints?.(running.output)
      return running
    },
    adopt: (adopted) => new ForgottenRun(adopted),
  }
}

type Cause =
  | { readonly kind: 'killed'; readonly by: KilledBy }
  | { readonly kind: 'timed-out'; readonly afterMs: number }

class PlainRun implements RunningRun {
  readonly #parts: PlainExecutorParts
  readonly #run: Run
  readonly output = new OutputCapture()
  readonly #waiting = new AbortController()
  readonly #result = Promise.withResolvers<RunResult>()
  /** What ends the run, if it is not the command itself. The first one stays. */
  #cause: Cause | null = null
  #command: RemoteCommand | null = null
  #death: Promise<KillConfirmation> | null = null
  #isAbandoned = false
  #startedAt: { readonly epoch: number; readonly monotonic: number } | null = null

  constructor(parts: PlainExecutorParts, run: Run) {
    this.#parts = parts
    this.#run = run
    void this.#carryOut().catch(this.#result.reject)
  }

  get result(): Promise<RunResult> {
    return this.#result.promise
  }

  kill(by: KilledBy): Promise<KillConfirmation> {
    return this.#end({ kind: 'killed', by })
  }

  abandon(): void {
    this.#isAbandoned = true
    this.#waiting.abort()
  }

  async #carryOut(): Promise<void> {
    const answer = await this.#handOver()
    if (answer.kind !== 'running') {
      this.#settle(this.#notRunning(answer))
      return
    }
    const { clock } = this.#parts
    const { answeredAfterMs } = answer
    this.#startedAt = {
      epoch: Math.round(clock.now() - answeredAfterMs),
      monotonic: clock.monotonic() - answeredAfterMs,
    }
    this.#command = answer.command
    const stopTimer = this.#startTimer()
    // Killed while it was being handed over.
    if (this.#waiting.signal.aborted && !this.#isAbandoned) void this.#terminate(answer.command)
    const end = await answer.command.ended
    stopTimer()
    this.#settle(this.#outcomeOf(end))
  }

  async #handOver(): Promise<SessionAnswer> {
    const { cron } = this.#run
    const login = await loginOf(cron, this.#parts)
    if (login.kind === 'refused') return login
    return await this.#parts.sessions.exec(
      {
        login,
        command: cron.command,
        sharing: cron.action === 'clobber' || cron.ownConnection ? 'own' : 'shared',
        onOutput: (stream, chunk) => this.output.add(stream, chunk),
      },
      this.#waiting.signal,
    )
  }

  /** Ends the run when its time is over, until the returned function is called. */
  #startTimer(): () => void {
    const { timeoutMs } = this.#run.cron
    if (timeoutMs === null) return () => {}
    const ended = new AbortController()
    void this.#parts.clock.sleep(timeoutMs, ended.signal).then(() => {
      if (!ended.signal.aborted && !this.#isAbandoned) void this.#end({ kind: 'timed-out', afterMs: timeoutMs })
    })
    return () => ended.abort()
  }

  async #end(cause: Cause): Promise<KillConfirmation> {
    this.#cause ??= cause
    if (this.#command !== null) return await this.#terminate(this.#command)
    this.#waiting.abort()
    const settled = await this.#result.promise.catch(() => null)
    if (settled === null) return { kind: 'unconfirmed', reason: 'its end is not known' }
    const { outcome } = settled
    return outcome.kind === 'lost' ? { kind: 'unconfirmed', reason: outcome.reason } : { kind: 'dead' }
  }

  #terminate(command: RemoteCommand): Promise<KillConfirmation> {
    const timings: KillTimings = { graceMs: this.#run.cron.killGraceMs, killMs: this.#parts.killMs }
    this.#death ??= killPlainly(command, timings, this.#parts.clock)
    return this.#death
  }

  #notRunning(answer: Exclude<SessionAnswer, { readonly kind: 'running' }>): Outcome {
    if (answer.kind === 'unknown') return { kind: 'lost', reason: answer.reason }
    if (this.#cause?.kind === 'killed') return this.#cause
    return notBegun(answer)
  }

  #outcomeOf(end: CommandEnd): Outcome {
    if (end.kind === 'broken') return { kind: 'lost', reason: this.#whyLost(end.reason) }
    if (this.#cause !== null) return this.#cause
    return outcomeOfEnd(end)
  }

  #whyLost(reason: string): string {
    if (this.#cause === null) return reason
    const what =
      this.#cause.kind === 'killed'
        ? `killed by ${this.#cause.by}`
        : `out of time after ${this.#cause.afterMs / 1000} s`
    return `${what}, and its death cannot be confirmed: ${reason}`
  }

  #settle(outcome: Outcome): void {
    if (this.#isAbandoned) return
    const { clock } = this.#parts
    const started = this.#startedAt
    this.#result.resolve({
      outcome,
      output: this.output.captured(),
      startedAt: started?.epoch ?? null,
      durationMs: started === null ? null : Math.round(clock.monotonic() - started.monotonic),
      endedByItself: false,
    })
  }
}

/** A run of which nothing on the host knows, and whose connection went with the daemon that started it. */
class ForgottenRun implements RunningRun {
  readonly result: Promise<RunResult>

  constructor({ startedAt }: AdoptedRun) {
    const outcome: Outcome = { kind: 'lost', reason: WHY_FORGOTTEN }
    this.result = Promise.resolve(resultWithoutOutput(outcome, startedAt))
  }

  kill(): Promise<KillConfirmation> {
    return Promise.resolve({ kind: 'unconfirmed', reason: WHY_FORGOTTEN })
  }

  abandon(): void {
    // Nothing is held.
  }
}

const WHY_FORGOTTEN =
  'rcron stopped while it ran, and a run on a system with supervise = 0 cannot be found again: it may have done its work'
