import type { Action } from '../domain/action.ts'
import type { Minute } from '../domain/minute.ts'
import type { KilledBy } from '../domain/outcome.ts'
import type { RunId, RunTrace } from '../domain/run.ts'

/** What a lock file says of an active run: all that a later process needs to adopt it. Holds no secret. */
export type RunLock = {
  readonly run: RunId
  readonly cronId: number
  readonly cronName: string
  readonly systemId: number
  readonly authId: number
  readonly host: string
  readonly port: number
  /** Null in a lock of an earlier rcron. */
  readonly localPort: number | null
  readonly user: string
  readonly command: string
  readonly action: Action
  readonly minute: Minute
  /** Ids of the crons that are tried after it where it leads to the next host, in order. */
  readonly rest: readonly number[]
  /** Nothing of it was handed over: it waits for its place. */
  readonly isWaiting: boolean
  /** Epoch milliseconds at which the run began, as far as the host has told it; else at which it was handed over, or queued. */
  readonly startedAt: number
  readonly timeoutMs: number | null
  readonly killGraceMs: number
  /** The run has a connection to itself. Null in a lock of an earlier rcron. */
  readonly ownConnection: boolean | null
  /** Null until the host has told it. */
  readonly trace: RunTrace | null
  /** Epoch milliseconds at which contact was lost; null while there is contact. */
  readonly unknownSince: number | null
  /** Who wants it ended: written before anything is done to the run, by whichever process does it. */
  readonly killedBy: KilledBy | null
}

/** A lock of another process: one that is alive on this machine, or one that is gone. */
export type OthersLock = { readonly lock: RunLock; readonly holder: 'living' | 'gone' }

/** `taken`: a run of the same cron is there already, and nothing was written. */
export type Claim = 'created' | 'taken' | { readonly killedBy: KilledBy }

/**
 * One file for each active run, shared by all processes of an installation. The lock of a run is the authority to carry it out, and to
 * go on to the next host after it: who finds it marked, gone, or become another run's, has lost that.
 *
 * A lock goes only when all that was logged before is written (`Log.written`): a run whose process is killed is either told or locked.
 */
export interface RunLocks {
  /**
   * Claims the cron of `lock` for this process. Exactly one of several processes wins. Rejects with an OperatorError when the file
   * cannot be written.
   */
  create(lock: RunLock): Promise<'created' | 'taken'>
  /**
   * As `create`, in exchange for the lock of `run`, which this process holds: there is one or the other at any time. Where the authority
   * was lost nothing is written, and the answer is who took it.
   */
  succeed(run: RunId, lock: RunLock): Promise<Claim>
  /**
   * Replaces the lock of a run that this process created or took over, and answers as `standing`: a mark in it stays, a lost one is left
   * alone. Rejects as `create` does.
   */
  update(lock: RunLock): Promise<KilledBy | null>
  /** Who took the authority over the run of a lock that this process created or took over; null while it is held. Never rejects. */
  standing(run: RunId): Promise<KilledBy | null>
  /** Marks the lock of another process's run, and answers what it says by then; null where it has gone. Rejects as `create` does. */
  mark(run: RunId, by: KilledBy): Promise<RunLock | null>
  /** The run's end is known. A lock that has become another run's is left alone; a removal that fails is tried again at each reading. Never rejects. */
  remove(run: RunId): Promise<void>
  /** Every lock that this process neither created nor took over. What is torn, foreign or a link is moved aside with a warning. Never rejects. */
  readOthers(): Promise<readonly OthersLock[]>
  /** Makes the lock of a process that is gone this process's own; false if another one was quicker, or the lock has gone. */
  takeOver(run: RunId): Promise<boolean>
}
