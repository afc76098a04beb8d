import { judgeCronsAlone } from '../../../definitions/compile-snapshot.ts'
import { judgePauses } from '../../../definitions/judge/pauses/judge-pause.ts'
import { pausedReason } from '../../../definitions/judge/pauses/pause.ts'
import type { JudgedCrons } from '../../../definitions/snapshot.ts'
import type { Action } from '../../../domain/action.ts'
import type { Cron } from '../../../domain/cron.ts'
import { jobKey } from '../../../domain/job.ts'
import type { Minute } from '../../../domain/minute.ts'
import { BAD_KINDS, kindOfErrors } from '../../../domain/outcome.ts'
import type { FiringKind } from '../../../domain/reasons/firing-end.ts'
import { nextMinutes } from '../../../schedule/next-minutes.ts'
import type { Schedule } from '../../../schedule/schedule.ts'
import { zoneOf } from '../../../schedule/timezone.ts'
import type { DefinitionEditor, Entry, StoredCron } from '../../../store/definitions/definition-editor.ts'
import { soundRows } from '../with-related.ts'
import type { Filtered } from './list-filters.ts'

/** How a cron's last run ended, or the last firing of its job, where that goes from host to host; `never-ran` before the first. */
export type LastEnd = 'never-ran' | FiringKind

/** What may be asked for with `state:`. */
export const STATES: readonly string[] = [
  'enabled',
  'disabled',
  'unusable',
  'never-ran',
  'succeeded',
  ...BAD_KINDS,
  'unknown',
]

/** A row of the crontab, and what is known of it now. */
export type CronFacts = {
  readonly id: number
  readonly row: StoredCron | null
  /** Null if the row cannot be used. */
  readonly cron: Cron | null
  readonly name: string
  readonly action: Action | null
  readonly isEnabled: boolean
  /** Why it is not started now; null where no pause keeps it from that. */
  readonly paused: string | null
  readonly lastEnd: LastEnd
  /** When it is due next; null where it is not, or is not enabled. */
  readonly next: Minute | null
}

/** Judges all crons of the store, as of the minute `now`. */
export async function loadCronFacts(
  editor: DefinitionEditor,
  entries: readonly Entry<StoredCron>[],
  { timezone, now, endsOf }: { readonly timezone: string; readonly now: Minute; readonly endsOf?: EndsOfJobs },
): Promise<readonly CronFacts[]> {
  const definitions = {
    crons: soundRows(entries),
    systems: soundRows(await editor.systems.list()),
    auths: soundRows(await editor.auths.list()),
  }
  const judged = judgeCronsAlone({ definitions, problems: [], defaultTimezone: timezone })
  const crons = new Map(judged.crons.map((cron) => [cron.id, cron]))
  const { pauses } = judgePauses(await editor.pauses(), timezone)
  const pausedOf = (cron: Cron) => pausedReason(pauses, cron, Date.now())
  const nextOf = nextAfter(now, judged)
  const facts = entries.map((entry) => factsOf(entry, crons.get(entry.id) ?? null, { nextOf, pausedOf }))
  return endsOf === undefined ? facts : await withEndsOfJobs(facts, endsOf)
}

/** How the last firings of jobs ended, by `jobKey`; of those that are known. */
export type EndsOfJobs = (keys: readonly string[]) => Promise<ReadonlyMap<string, FiringKind>>

/** A failover that succeeded on its second host succeeded, whatever became of it on the first. */
async function withEndsOfJobs(facts: readonly CronFacts[], endsOf: EndsOfJobs): Promise<readonly CronFacts[]> {
  const keys = new Set(facts.flatMap(({ name, action }) => (isOfFirings(action) ? [jobKey({ name, action })] : [])))
  const ends = await endsOf([...keys])
  return facts.map((it) => {
    const end = isOfFirings(it.action) ? ends.get(jobKey({ name: it.name, action: it.action })) : undefined
    return end === undefined ? it : { ...it, lastEnd: end }
  })
}

function isOfFirings(action: Action | null): action is Exclude<Action, 'all'> {
  return action !== null && action !== 'all'
}

function factsOf({ id, name, row }: Entry<StoredCron>, cron: Cron | null, { nextOf, pausedOf }: Asked): CronFacts {
  const isEnabled = row?.enabled === 1
  return {
    id,
    row,
    cron,
    name,
    action: cron?.action ?? null,
    isEnabled,
    paused: cron === null ? null : pausedOf(cron),
    lastEnd: lastEndOf(row),
    next: cron !== null && isEnabled ? nextOf(cron) : null,
  }
}

function lastEndOf(row: StoredCron | null): LastEnd {
  if (row === null || row.last_run === null) return 'never-ran'
  return row.errors === null || row.errors === '' ? 'succeeded' : kindOfErrors(row.errors)
}

type Asked = { readonly nextOf: NextOf; readonly pausedOf: (cron: Cron) => string | null }

type NextOf = (cron: Cron) => Minute | null

/** Most crons share their schedule with others: each is looked at once. */
function nextAfter(now: Minute, { schedules }: JudgedCrons): NextOf {
  const known = new Map<Schedule, Map<string, Minute | null>>()
  return ({ id, timezone }) => {
    const schedule = schedules.get(id)
    if (schedule === undefined) return null
    const byZone = known.get(schedule) ?? new Map<string, Minute | null>()
    known.set(schedule, byZone)
    const found = byZone.get(timezone)
    if (found !== undefined) return found
    const [next = null] = nextMinutes(schedule, zoneOf(timezone), now, 1)
    byZone.set(timezone, next)
    return next
  }
}

/** What filters see of a row that is on `place`. */
export function filteredOf(
  { name, cron, isEnabled, paused, lastEnd }: CronFacts,
  place: Pick<Filtered, 'host' | 'hostName' | 'user' | 'userName' | 'tags'>,
): Filtered {
  const states = [
    isEnabled ? 'enabled' : 'disabled',
    lastEnd,
    ...(paused === null ? [] : ['paused']),
    ...(cron === null ? ['unusable'] : []),
  ]
  return { name, ...place, states }
}
