import type { KilledBy, Outcome } from '../../src/domain/outcome.ts'
import { NO_OUTPUT, type Run, type RunId, type RunResult, type RunTrace } from '../../src/domain/run.ts'
import type {
  AdoptedRun,
  ClaimPolicy,
  Executor,
  KillConfirmation,
  RunningRun,
  RunWatch,
} from '../../src/execution/executor.ts'

export const A_TRACE: RunTrace = { pid: 4711, start: '12345', boot: 'b00t', cgroup: '-' }

/** A run in the hands of the fake executor: the test says what its host does. */
export class FakeRun implements RunningRun {
  readonly id: RunId
  readonly watch: RunWatch
  readonly result: Promise<RunResult>
  readonly kills: KilledBy[] = []
  /** Answers a kill; by default the run dies at once. */
  onKill: (by: KilledBy) => Promise<KillConfirmation> | KillConfirmation = (by) => {
    this.end({ kind: 'killed', by })
    return { kind: 'dead' }
  }
  abandoned = false
  ended = false
  readonly #end: (result: RunResult) => void
  readonly #fail: (error: Error) => void

  constructor(id: RunId, watch: RunWatch) {
    this.id = id
    this.watch = watch
    const { promise, resolve, reject } = Promise.withResolvers<RunResult>()
    this.result = promise
    this.#end = resolve
    this.#fail = reject
  }

  begin(): void {
    this.watch.started(A_TRACE)
  }

  end(outcome: Outcome, part: Partial<RunResult> = {}): void {
    if (this.abandoned) return
    this.ended = true
    this.#end({ outcome, output: NO_OUTPUT, startedAt: 1000, durationMs: 5, endedByItself: false, ...part })
  }

  /** rcron itself fails over it. */
  fail(error: Error): void {
    this.#fail(error)
  }

  succeed(): void {
    this.end({ kind: 'succeeded' })
  }

  async kill(by: KilledBy): Promise<KillConfirmation> {
    this.kills.push(by)
    return await this.onKill(by)
  }

  abandon(): void {
    this.abandoned = true
  }
}

/** Hosts in the hands of a test. */
export class FakeExecutor implements Executor {
  readonly started: { readonly run: Run; readonly handle: FakeRun; readonly keeping: ClaimPolicy | undefined }[] = []
  readonly adopted: { readonly run: AdoptedRun; readonly handle: FakeRun }[] = []
  /** What a host does with a run that it is handed; by default it waits for the test. */
  onStart: (handle: FakeRun, run: Run) => void = () => {}
  onAdopt: (handle: FakeRun, run: AdoptedRun) => void = () => {}

  start(run: Run, watch: RunWatch, keeping?: ClaimPolicy): RunningRun {
    const handle = new FakeRun(run.id, watch)
    this.started.push({ run, handle, keeping })
    this.onStart(handle, run)
    return handle
  }

  adopt(run: AdoptedRun, watch: RunWatch): RunningRun {
    const handle = new FakeRun(run.id, watch)
    this.adopted.push({ run, handle })
    this.onAdopt(handle, run)
    return handle
  }

  /** Ids of the crons that were started, in order. */
  get crons(): readonly number[] {
    return this.started.map(({ run }) => run.cron.id)
  }

  /** The newest run of cron `id`. */
  newest(id: number): FakeRun {
    const found = this.started.findLast(({ run }) => run.cron.id === id)
    if (found === undefined) throw new Error(`cron ${id} was not started; started were ${this.crons.join(', ')}`)
    return found.handle
  }
}
