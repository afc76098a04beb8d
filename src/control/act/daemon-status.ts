import type { SnapshotSource } from '../../definitions/snapshot-source.ts'
import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import { type Minute, startOf } from '../../domain/minute.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { Status } from '../schemas.ts'

/** What does not change of a daemon, and what a reload may change. */
export type DaemonFacts = {
  readonly version: string
  readonly user: string
  readonly stateDirectory: string
  readonly startedAt: number
  /** How many runs may be active at once. */
  readonly slots: number
  /** How many of them on one host. */
  readonly slotsPerHost: number
  readonly store: () => string
  /** The zone of crons that name none. */
  readonly timezone: () => string
  readonly isStopping: () => boolean
}

/** What the status of a daemon is made of. */
export type DescribedDaemon = {
  readonly facts: DaemonFacts
  readonly source: Pick<SnapshotSource, 'snapshot' | 'provenance' | 'storeFailing' | 'isTooOld'>
  readonly active: Iterable<ActiveRun>
  readonly lastPlanned: Minute | null
  readonly now: number
}

/** A planned minute that is older than this is a sign that nothing is planned. */
const LATE_MINUTES = 2

/** How a daemon is. */
export function statusOf(described: DescribedDaemon): Omit<Status, 'pauses'> {
  const { facts, lastPlanned, now } = described
  const { version, user, stateDirectory, startedAt } = facts
  const zone = zoneOf(facts.timezone())
  return {
    schema: 'rcron.status.v1',
    generated: formatInstant(now, zone),
    user,
    store: facts.store(),
    stateDirectory,
    daemon: {
      version,
      pid: process.pid,
      started: formatInstant(startedAt, zone),
      isStopping: facts.isStopping(),
    },
    lastPlanned: lastPlanned === null ? null : formatInstant(startOf(lastPlanned), zone),
    definitions: definitionsOf(described),
    runs: countsOf(described),
    problems: [...problemsOf(described)],
  }
}

function definitionsOf({ facts, source }: DescribedDaemon): Status['definitions'] {
  const { snapshot, provenance, storeFailing, isTooOld } = source
  if (provenance === null) return null
  return {
    crons: snapshot?.crons.length ?? 0,
    enabled: snapshot?.enabled.length ?? 0,
    errors: snapshot?.problems.filter(({ severity }) => severity === 'error').length ?? 0,
    from: provenance.from,
    readAt: formatInstant(provenance.readAt, zoneOf(facts.timezone())),
    isStoreAway: storeFailing,
    isTooOld,
  }
}

function countsOf({ facts, active }: DescribedDaemon): Status['runs'] {
  const all = [...active]
  const waiting = all.filter((run) => run.isWaiting).length
  const unknown = all.filter(({ stage }) => stage.kind === 'unknown').length
  return { active: all.length, waiting, unknown, slots: facts.slots }
}

function* problemsOf({ facts, source, lastPlanned, now }: DescribedDaemon): Generator<string> {
  if (facts.isStopping()) yield 'it is stopping'
  if (source.isTooOld) yield 'nothing runs: the store is away, and what it said last is too old'
  else if (source.provenance === null) yield 'nothing runs: there are no definitions yet'
  else if (source.storeFailing) yield `the store is away; definitions are those of the ${source.provenance.from}`
  const isLate = lastPlanned !== null && now - startOf(lastPlanned) > (LATE_MINUTES + 1) * 60_000
  if (isLate && !facts.isStopping()) yield 'the last minutes were not planned'
}
