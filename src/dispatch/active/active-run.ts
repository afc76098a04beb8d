import type { KilledBy } from '../../domain/outcome.ts'
import type { RunId, RunTrace } from '../../domain/run.ts'
import type { RunFacts } from '../../domain/run-event.ts'
import type { KillConfirmation, RunningRun } from '../../execution/executor.ts'
import { killLimitMs } from '../kill-limit.ts'
import type { LockHolder } from '../locks/lock-holder.ts'
import type { ActiveFacts } from '../plan-firing.ts'
import type { Stage } from '../plan-stage.ts'

/** `waiting`: nothing is handed over now. `elsewhere`: another living process answers for it. */
export type ActiveState = 'waiting' | 'running' | 'unknown' | 'elsewhere'

/** What is known of an active run when it is entered. */
export type ActiveRunFacts = Omit<ActiveFacts, 'isWaiting' | 'stage'> & {
  /** Absent: it is about to begin. */
  readonly stage?: Stage
  readonly state: ActiveState
  /** Its present run. Absent: it is about to be named. */
  readonly present?: RunFacts
  /** Ends the run where nothing is attached. */
  readonly killElsewhere?: (by: KilledBy) => Promise<KillConfirmation>
}

const BEGINNING: Stage = { kind: 'beginning' }

/** What occupies a job and its rows: one run, or a walk from host to host with its present run. */
export class ActiveRun implements ActiveFacts {
  readonly job: string
  readonly minute: ActiveFacts['minute']
  readonly crons: readonly number[]
  /** Settles when it no longer counts as active. */
  readonly ended: Promise<void>
  /** Settles when its end is asked for. */
  readonly killRequested: Promise<void>
  readonly #end: () => void
  readonly #requestKill: () => void
  readonly #killElsewhere: ((by: KilledBy) => Promise<KillConfirmation>) | null
  readonly #before = new Set<RunId>()
  #id: RunId
  #present: RunFacts | null
  #run: RunFacts | null = null
  #stage: Stage
  #waitsElsewhere = false
  #isDoubtful = false
  #state: ActiveState
  #attached: SupervisedHandle | null = null
  #killedBy: KilledBy | null = null
  #death: Promise<KillConfirmation> | null = null

  constructor({ id, job, minute, crons, state, stage = BEGINNING, present, killElsewhere }: ActiveRunFacts) {
    this.#id = id
    this.#present = present ?? null
    this.job = job
    this.minute = minute
    this.crons = crons
    this.#state = state
    this.#stage = stage
    this.#killElsewhere = killElsewhere ?? null
    const ended = Promise.withResolvers<void>()
    this.ended = ended.promise
    this.#end = ended.resolve
    const killRequested = Promise.withResolvers<void>()
    this.killRequested = killRequested.promise
    this.#requestKill = killRequested.resolve
  }

  get id(): RunId {
    return this.#id
  }

  /** The newest run of it that was handed over, or taken up; null if none was. */
  get run(): RunFacts | null {
    return this.#run
  }

  /** The run that it goes by now, handed over or not; null if it is not known yet which that will be. */
  get present(): RunFacts | null {
    return this.#present
  }

  /** What its host has said of the run that is under way; null if nothing is, or that is not written down yet. */
  get trace(): RunTrace | null {
    return this.#attached?.holder.lock?.trace ?? null
  }

  /** When the run that is under way began, in epoch milliseconds; null if it has not. */
  get startedAt(): number | null {
    if (this.#stage.kind === 'running') return this.#stage.since
    return this.#stage.kind === 'unknown' ? (this.#attached?.holder.lock?.startedAt ?? null) : null
  }

  get state(): ActiveState {
    return this.#state
  }

  get stage(): Stage {
    return this.#stage
  }

  /** Whether that is the run that it goes by, or one that it went by before. */
  isCalled(id: RunId): boolean {
    return this.#id === id || this.#before.has(id)
  }

  /** This run of it comes next: it goes by that from now on. */
  turnTo(run: RunFacts): void {
    this.#before.add(this.#id)
    this.#id = run.id
    this.#present = run
  }

  /** It has come so far. */
  reached(stage: Stage): void {
    this.#stage = stage
  }

  /** Nothing of it is handed over now: it waits for its place, or for the death of what was before it. */
  get isWaiting(): boolean {
    return this.#state === 'waiting' || this.#waitsElsewhere
  }

  /** Milliseconds that the answer to a kill of it may take. */
  get killLimitMs(): number {
    return this.#attached?.killLimitMs() ?? killLimitMs(0, null)
  }

  /** A run of it may be alive, though rcron is done with it. */
  get isEndUnknown(): boolean {
    return this.#isDoubtful
  }

  /** Who asked for its end; nothing more may be started for it then. */
  get killedBy(): KilledBy | null {
    return this.#killedBy
  }

  /** A run of it was handed over, or taken up. */
  attach(attached: SupervisedHandle): void {
    this.#run = attached.run
    this.#present = attached.run
    this.#attached = attached
    this.#state = 'running'
  }

  /** The run that was attached has ended. */
  detach(): void {
    this.#attached = null
    this.#state = 'waiting'
    this.#stage = BEGINNING
  }

  /** Whether the run of the other process waits for its place, and how far it has come. */
  seenElsewhere(isWaiting: boolean, stage: Stage): void {
    this.#waitsElsewhere = isWaiting
    this.#stage = stage
  }

  /** rcron has failed over the run that was attached; it counts as active from now on until the next start. */
  markEndUnknown(): void {
    this.#isDoubtful = true
  }

  /** Contact with the attached run was lost, or is back. */
  contact(state: 'running' | 'unknown'): void {
    if (this.#attached !== null) this.#state = state
  }

  /** Ends what is under way and keeps more from starting. One kill at a time: a second request waits for the first one's answer. */
  kill(by: KilledBy): Promise<KillConfirmation> {
    this.#killedBy ??= by
    this.#requestKill()
    const killing = this.#killElsewhere ?? ((killer: KilledBy) => killAttached(this.#attached, killer))
    this.#death ??= killing(by).finally(() => {
      this.#death = null
    })
    return this.#death
  }

  abandon(): void {
    this.#attached?.running.abandon()
  }

  /** No longer active. */
  end(): void {
    this.#end()
  }
}

/** The run that an active run has under way. */
export type SupervisedHandle = {
  readonly run: RunFacts
  readonly running: RunningRun
  readonly holder: LockHolder
  /** Milliseconds that the answer to a kill may take, by the present rows. */
  readonly killLimitMs: () => number
}

/** It is written down first: where this process does not live to see the end, the next one knows whose doing it was. */
async function killAttached(attached: SupervisedHandle | null, by: KilledBy): Promise<KillConfirmation> {
  if (attached === null) return { kind: 'dead' }
  try {
    await attached.holder.note({ killedBy: by })
  } catch {
    // Without room for it the run is killed all the same.
  }
  return await attached.running.kill(by)
}
