import type { Action } from '../../domain/action.ts'
import type { Minute } from '../../domain/minute.ts'
import type { KilledBy, NotRun } from '../../domain/outcome.ts'
import type { RunId, RunTrace } from '../../domain/run.ts'

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
  /** What the ids of its firing's runs are made from; null if that is the installation's, or in a lock of an earlier rcron. */
  readonly series: string | null
  /** Ids of the crons that are tried after it where it leads to the next host, in order. */
  readonly rest: readonly number[]
  /** Nothing of it was handed over: it waits for its place. */
  readonly isWaiting: boolean
  /** It was begun beside others of its row, by an operator's will, and its lock excludes none. Absent: it was not. */
  readonly isForced?: boolean | undefined
  /** Epoch milliseconds at which the run began, as far as the host has reported it; else at which it was handed over, or queued. */
  readonly startedAt: number
  readonly timeoutMs: number | null
  readonly killGraceMs: number
  /** The run has a connection to itself. Null in a lock of an earlier rcron. */
  readonly ownConnection: boolean | null
  /** Null until the host has reported it. */
  readonly trace: RunTrace | null
  /** Epoch milliseconds at which contact was lost; null while there is contact. */
  readonly unknownSince: number | null
  /** Who wants it ended: written before anything is done to the run, by whichever process does it. */
  readonly killedBy: KilledBy | null
  /** It will never be begun, nor anything after it: why, which may not be reported yet. */
  readonly notRun: NotRun | null
}

/** A lock of another process: one that is alive on this machine, or one that is gone. */
export type ForeignLock = { readonly lock: RunLock; readonly holder: 'living' | 'gone' }

/** `taken`: a run of the same cron is there already, and nothing was written. */
export type LockClaim = 'created' | 'taken' | { readonly killedBy: KilledBy }

/**
 * How the lock of a run stands that this process created or took over. `marked`: another process, or this one, wants it ended.
 * `settled`: another process reports its end. `absent`: its file has gone, of which no process of rcron knows. `replaced`: and another
 * run's stands in its place.
 */
export type LockState =
  | { readonly kind: 'held' | 'settled' | 'absent' | 'replaced' }
  | { readonly kind: 'marked'; readonly by: KilledBy }

/** `lost`: another process was quicker, or the lock has gone. With a failure nothing was taken over: it could not be written. */
export type LockAdoption = 'taken' | 'lost' | { readonly failure: Error }

/**
 * One file for each active run, shared by all processes of an installation. The lock of a run is the authority to carry it out, to tell
 * its end, and to continue to the next host after it.
 *
 * A lock goes only when all that was logged before is written (`Log.written`): a run whose process is killed is either reported or locked.
 */
export interface RunLocks {
  /** Whether the locks took a writing since this process looks at them: what other processes had begun before was seen, then. */
  readonly hasWritten: boolean
  /**
   * Claims the cron of `lock` for this process. Exactly one of several processes wins. Rejects with an OperatorError when the file
   * cannot be written.
   */
  create(lock: RunLock): Promise<'created' | 'taken'>
  /**
   * As `create`, in exchange for the lock of `run`, which this process holds: there is one or the other at any time. Where the authority
   * was lost nothing is written, and the answer is who took it. Rejects also where the lock of `run` would stay and lead on again.
   */
  exchange(run: RunId, lock: RunLock): Promise<LockClaim>
  /** Replaces the lock of a run where it is held; a mark in it stays, a lost one is left alone. Rejects as `create` does. */
  update(lock: RunLock): Promise<LockState>
  /** `held` also where no lock could be written. Never rejects. */
  stateOf(run: RunId): Promise<LockState>
  /** Marks the lock of another process's run, and answers what it says by then; null if it has gone. Rejects as `create` does. */
  requestKill(run: RunId, by: KilledBy): Promise<RunLock | null>
  /**
   * Takes it upon this process to tell the end of a run, whichever process has answered for it, and to remove its lock then; false if
   * another process does so. Rejects as `create` does.
   */
  claim(run: RunId): Promise<boolean>
  /**
   * The end of this process's run is reported. A lock that has become another run's is left alone; one that cannot be removed says of itself
   * that it leads to nothing, and is tried again at each reading. False if it cannot even say so. Never rejects.
   */
  remove(run: RunId): Promise<boolean>
  /** As `remove`, but once: where it is false the lock stays as it was, and is still held. */
  tryToRemove(run: RunId): Promise<boolean>
  /** Every lock that this process neither created nor took over. What is torn, foreign or a link is moved aside with a warning. Never rejects. */
  readOthers(): Promise<readonly ForeignLock[]>
  /** Makes the lock of a process that is gone this process's own. Never rejects. */
  takeOver(run: RunId): Promise<LockAdoption>
}
