import type { KilledBy } from '../domain/outcome.ts'
import type { Run, RunId, RunResult, RunTrace } from '../domain/run.ts'
import type { Access } from '../hosts/target.ts'
import type { OutputCapture } from './output/output-capture.ts'

/** Carries out one command on one system, and finds it again. */
export interface Executor {
  /**
   * Starts `run`. Every way it can end is an outcome; an exception is a bug of rcron alone. `unreachable` and `refused` are given only
   * where the command is known not to have begun, `skipped` only by what `keeping` asks for.
   */
  start(run: Run, watch: RunWatch, keeping?: ClaimPolicy): RunningRun
  /** Takes up a run that an earlier process started: collects its end, or continues watching it. */
  adopt(adopted: AdoptedRun, watch: RunWatch): RunningRun
}

/** How the process that hands a run over remembers it. */
export type ClaimPolicy = {
  /** 32 hex digits, equal for runs that exclude each other. */
  readonly exclusion: string
  /** The run has no lock: it begins only where its host can claim it, and where no run is alive that it excludes. */
  readonly isUnlocked: boolean
}

/** A run known by its lock file only. */
export type AdoptedRun = {
  readonly id: RunId
  readonly command: string
  /** Null if the connection broke, or the daemon died, before the host reported it. */
  readonly trace: RunTrace | null
  /** Epoch milliseconds at which the run was handed over. */
  readonly startedAt: number
  readonly timeoutMs: number | null
  readonly killGraceMs: number
  /** The run has a connection, and so a session scope on its host, to itself. */
  readonly ownConnection: boolean
  /** Epoch milliseconds since when its host has not been able to tell of it; null if that is not so. */
  readonly unknownSince: number | null
  /** Who wanted it ended, and may have begun to: it is ended then, and its end known when its host has proved that nothing of it is left. */
  readonly killedBy: KilledBy | null
  /** Asked again at each attempt, since definitions may change; null while no definition fits. */
  readonly access: () => Access | null
}

/** What the caller learns while a run is under way. None of these may throw. */
export interface RunWatch {
  /** The host said that the command has begun. Comes at most once, before the result. */
  started(trace: RunTrace): void
  /** Contact was lost; the run counts as active and is asked again. Comes once per loss, and again with what answers then and cannot tell of it. */
  unknown(reason: string): void
  /** Contact is back, and the run is still alive. */
  found(): void
  /** What it prints is heard here, from its first byte on. Comes at once, for a run that is started. */
  prints?(output: OutputCapture): void
}

/** A run that was handed over, or adopted. */
export interface RunningRun {
  /**
   * Resolves when the end of the run is known or it is given up as lost. Rejects where rcron itself has failed over the run: its end is not
   * known then, and its host can be asked by adopting it.
   */
  readonly result: Promise<RunResult>
  /** Ends the run, and resolves when its death is confirmed or cannot be. The first cause wins the outcome. Never rejects. */
  kill(by: KilledBy): Promise<KillConfirmation>
  /** Lets go: nothing is sent to the remote command any more, `result` never settles. For a shutdown that leaves runs alive. */
  abandon(): void
}

/** What a kill has proved. */
export type KillConfirmation = { readonly kind: 'dead' } | { readonly kind: 'unconfirmed'; readonly reason: string }
