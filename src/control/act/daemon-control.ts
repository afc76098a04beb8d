import type { Daemon } from '../../daemon/daemon.ts'
import type { SnapshotSource } from '../../definitions/snapshot-source.ts'
import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import type { Dispatcher } from '../../dispatch/dispatcher.ts'
import { InvalidInputError, OperatorError } from '../../domain/errors.ts'
import type { Minute } from '../../domain/minute.ts'
import { describeProblem } from '../../domain/problem.ts'
import type { RunId } from '../../domain/run.ts'
import type { Clock } from '../../platform/clock.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { Controlled } from '../controlled.ts'
import { ControlFault } from '../faults.ts'
import type { FeedReader } from '../feed.ts'
import { type HostListParts, hostListOf } from '../hosts/host-list.ts'
import type { HostList } from '../hosts/host-schemas.ts'
import type {
  FiringAnswer,
  FiringOrder,
  KillReport,
  LiveRun,
  PauseList,
  PauseOrder,
  PauseReport,
  Reloading,
  Rereading,
  ResolutionOrder,
  ResolutionReport,
  ResumeOrder,
  RunList,
  Status,
} from '../schemas.ts'
import { changedRows } from './changed-rows.ts'
import { type DaemonFacts, statusOf } from './daemon-status.ts'
import type { EndedRuns } from './ended-runs.ts'
import type { EventFeed } from './event-feed.ts'
import { killRuns } from './kill-runs.ts'
import { liveRunOf } from './live-runs.ts'
import { ManualFirings } from './manual-firings.ts'
import { matchRuns } from './match-runs.ts'
import { Pauses, type PausesParts } from './pauses.ts'
import { type ResolutionParts, resolve } from './resolutions.ts'
import type { RunOutputs } from './run-outputs.ts'

/** What a daemon is steered by. */
export type DaemonControlParts = {
  readonly clock: Clock
  readonly facts: DaemonFacts
  readonly source: SnapshotSource
  readonly dispatcher: Pick<Dispatcher, 'active' | 'kill' | 'fireByHand'>
  readonly daemon: Pick<Daemon, 'reload' | 'reread' | 'isConfirmed'>
  /** The newest minute that was planned. */
  readonly lastPlanned: () => Minute | null
  readonly ended: EndedRuns
  /** Puts pauses into the store. Rejects while that is away. */
  readonly writePauses: PausesParts['write']
  readonly feed: Pick<EventFeed, 'follow'>
  readonly outputs: Pick<RunOutputs, 'follow'>
  readonly resolveRun: ResolutionParts['resolveRun']
  readonly contacts: HostListParts['contacts']
  /** Tells of each system which of its logins are left alone, as of now. */
  readonly pausedLogins: () => HostListParts['pausedLogins']
}

/** Answers for a daemon that runs in this process. */
export class DaemonControl implements Controlled {
  readonly #parts: DaemonControlParts
  readonly #firings: ManualFirings
  readonly #pauses: Pauses

  constructor(parts: DaemonControlParts) {
    this.#parts = parts
    this.#firings = new ManualFirings({
      ...parts,
      snapshot: () => parts.source.snapshot,
      activeOf: (runs) => this.#activeOf(runs),
    })
    this.#pauses = new Pauses({
      ...parts,
      timezone: parts.facts.timezone,
      write: parts.writePauses,
      takeUp: () => parts.daemon.reread(),
    })
  }

  status(): Status {
    const { clock, dispatcher, lastPlanned } = this.#parts
    const facts = { active: dispatcher.active, lastPlanned: lastPlanned(), now: clock.now() }
    return { ...statusOf({ ...this.#parts, ...facts }), pauses: this.#pauses.list().items }
  }

  runs(of: string | null): RunList {
    const { clock, facts, dispatcher, source, ended } = this.#parts
    const crons = source.snapshot?.crons ?? []
    const runs = of === null ? dispatcher.active : matchRuns(of, { active: dispatcher.active, crons, ended })
    return {
      schema: 'rcron.ps.v1',
      generated: formatInstant(clock.now(), zoneOf(facts.timezone())),
      slots: facts.slots,
      items: [...this.#described(runs)],
      pauses: this.#pauses.list().items,
    }
  }

  hosts(of: string | null): HostList {
    const { clock, facts, dispatcher, source, contacts, pausedLogins } = this.#parts
    const { crons = [], pauses = [] } = source.snapshot ?? {}
    const runs = { active: dispatcher.active, limit: facts.slotsPerHost }
    const asked = { of, now: clock.now(), zone: zoneOf(facts.timezone()) }
    return {
      ...hostListOf({ ...asked, ...runs, crons, pauses, contacts, pausedLogins: pausedLogins() }),
      pauses: this.#pauses.list().items,
    }
  }

  async kill(runs: readonly RunId[]): Promise<KillReport> {
    return await killRuns(runs, this.#parts)
  }

  async fire(order: FiringOrder, by: string): Promise<FiringAnswer> {
    if (!(await this.#parts.daemon.isConfirmed())) throw STOPPING
    return await this.#firings.fire(order, by)
  }

  async firing(id: string, waitMs: number): Promise<FiringAnswer> {
    return await this.#firings.wait(id, waitMs)
  }

  pauses(): PauseList {
    return this.#pauses.list()
  }

  async pause(order: PauseOrder, by: string): Promise<PauseReport> {
    return await this.#pauses.pause(order, by)
  }

  async resume(order: ResumeOrder): Promise<PauseReport> {
    return await this.#pauses.resume(order)
  }

  async resolve(order: ResolutionOrder, by: string): Promise<ResolutionReport> {
    const { dispatcher, resolveRun } = this.#parts
    return await resolve(order, by, { active: dispatcher.active, resolveRun })
  }

  async reload(): Promise<Reloading> {
    const before = this.#parts.source.definitions
    const reloaded = await this.#parts.daemon.reload()
    if (reloaded === null) throw STOPPING
    const { refusal, waiting, isRead } = reloaded
    return { ...this.#rereading(before, isRead), refusal: [...linesOf(refusal)], waiting: [...waiting] }
  }

  async reread(): Promise<Rereading> {
    const before = this.#parts.source.definitions
    return this.#rereading(before, await this.#parts.daemon.reread())
  }

  events(after: string | null, reader: FeedReader): Disposable {
    return this.#parts.feed.follow(after, reader)
  }

  output(run: RunId, reader: FeedReader): Disposable {
    const { outputs, dispatcher } = this.#parts
    return outputs.follow(run, dispatcher.active, reader)
  }

  #rereading(before: SnapshotSource['definitions'], isRead: boolean): Rereading {
    const { facts, source } = this.#parts
    const errors = source.snapshot?.problems.filter(({ severity }) => severity === 'error') ?? []
    return {
      store: facts.store(),
      isRead,
      changes: changedRows(before, source.definitions),
      rejected: errors.map(describeProblem),
    }
  }

  #activeOf(runs: readonly RunId[]): readonly LiveRun[] {
    const wanted = new Set(runs)
    return [...this.#described([...this.#parts.dispatcher.active].filter(({ id }) => wanted.has(id)))]
  }

  *#described(runs: Iterable<ActiveRun>): Generator<LiveRun> {
    const { clock, facts, source } = this.#parts
    const zones = new Map(source.snapshot?.crons.map(({ id, timezone }) => [id, timezone]))
    const zoneOfCron = (id: number | null) => (id === null ? undefined : zones.get(id)) ?? facts.timezone()
    for (const run of runs) yield liveRunOf(run, { zoneOfCron, now: clock.now() })
  }
}

const STOPPING = new ControlFault('STOPPING', 'the daemon is stopping, and begins nothing more')

function linesOf(refusal: Error | null): readonly string[] {
  if (refusal === null) return []
  if (refusal instanceof InvalidInputError) return refusal.problems.map(describeProblem)
  const hint = refusal instanceof OperatorError ? refusal.hint : null
  return [refusal.message, ...(hint === null ? [] : [hint])]
}
