import { type Minute, minuteOf } from '../../../domain/minute.ts'
import { BAD_KINDS } from '../../../domain/outcome.ts'
import type { TableColumn } from '../../cli/table.ts'
import { describeSoon, describeWait } from '../../shared/describe-time.ts'
import { nameOfHost } from '../../shared/name-of-host.ts'
import { severalOf } from '../../shared/several-of.ts'
import type { Options } from '../noun.ts'
import type { CronFacts } from './cron-facts.ts'

/** A cron with what is shown of its row. */
export type ListedCron = { readonly facts: CronFacts; readonly fields: Options }

/** Columns of a list with a line for each job. */
export const JOB_COLUMNS: readonly TableColumn[] = [
  { heading: 'NEXT' },
  { heading: 'LEFT', leaves: 6 },
  { heading: 'LAST', leaves: 5 },
  { heading: 'STATE' },
  { heading: 'JOB' },
  { heading: 'HOSTS', leaves: 7 },
  { heading: 'SCHEDULE', leaves: 4 },
  { heading: 'USER', leaves: 2 },
  { heading: 'ACTION', leaves: 1 },
  { heading: 'COMMAND', leaves: 3, isCut: true },
]

/** The cells of each job: those that want attention first, then that which is due next; those that are never due come last. Pure. */
export function jobLines(crons: readonly ListedCron[], now: Minute): readonly (readonly unknown[])[] {
  const jobs = [...Map.groupBy(crons, jobOf).values()].map((members) => {
    const facts = members.map((it) => it.facts)
    return { members, next: nextOf(members), rank: isFailing(facts) ? 0 : 1 }
  })
  const sorted = jobs.sort(
    (one, other) => one.rank - other.rank || (one.next?.facts.next ?? LAST) - (other.next?.facts.next ?? LAST),
  )
  return sorted.map(({ members, next }) => cellsOf(members, next, now))
}

/** Nothing runs of it, or its last end was none to wish for. */
function isFailing(facts: readonly CronFacts[]): boolean {
  const word = worstOf(facts.map(wordOf))
  return word === 'unusable' || BAD.includes(word)
}

const LAST = Number.MAX_SAFE_INTEGER

/** A row that cannot be used stands with those that its name and its action would make it one of. */
function jobOf({ fields, facts }: ListedCron): string {
  return JSON.stringify([fields['action'] ?? null, facts.row === null ? facts.id : facts.name])
}

function nextOf(members: readonly ListedCron[]): ListedCron | null {
  return members.reduce<ListedCron | null>((first, it) => {
    if (it.facts.next === null) return first
    return first === null || it.facts.next < (first.facts.next ?? LAST) ? it : first
  }, null)
}

/** What its crons differ in begins with that of the one that is due. */
function cellsOf(crons: readonly ListedCron[], due: ListedCron | null, now: Minute): readonly unknown[] {
  const members = due === null ? crons : [due, ...crons.filter((it) => it !== due)]
  const distinct = (name: string) => severalOf(eachOnce(members.map(({ fields }) => fields[name] ?? null)))
  const [next, zone] = [due?.facts.next ?? null, due?.facts.cron?.timezone ?? 'UTC']
  const [first] = members
  return [
    next === null ? null : describeSoon(now, next, zone),
    next === null ? null : describeWait(now, next),
    lastRunOf(members, now),
    stateOf(members.map(({ facts }) => facts)),
    first?.facts.name,
    severalOf(eachOnce(members.map(hostOf))),
    distinct('schedule'),
    distinct('user'),
    first?.fields['action'],
    distinct('cron_path'),
  ]
}

/** Most jobs have one member. */
function eachOnce(values: readonly unknown[]): readonly unknown[] {
  return values.length === 1 ? values : [...new Set(values)]
}

/** As people call the host. */
export function hostOf({ fields }: ListedCron): string {
  return nameOfHost(fields)
}

/** The worst that is true of any of them, and of how many: `failed 2/50`. */
function stateOf(facts: readonly CronFacts[]): string {
  const words = facts.map(wordOf)
  const worst = worstOf(words)
  const count = words.filter((word) => word === worst).length
  const isPart = count < facts.length && worst !== 'succeeded' && worst !== 'never-ran'
  return isPart ? `${worst} ${count}/${facts.length}` : worst
}

const BAD: readonly string[] = [...BAD_KINDS, 'unknown']
const WORST_FIRST = ['unusable', ...BAD, 'disabled', 'succeeded', 'never-ran']

function worstOf(words: readonly string[]): string {
  return WORST_FIRST.find((word) => words.includes(word)) ?? 'never-ran'
}

function wordOf({ cron, isEnabled, paused, lastEnd }: CronFacts): string {
  if (!isEnabled) return 'disabled'
  if (paused !== null) return 'paused'
  return cron === null ? 'unusable' : lastEnd
}

/** How long ago the last of them began. */
function lastRunOf(members: readonly ListedCron[], now: Minute): string | null {
  const moments = members.flatMap(({ facts }) => facts.row?.last_run ?? [])
  const last = moments.sort().at(-1)
  if (last === undefined) return null
  const minute = minuteOf(Date.parse(`${last.replace(' ', 'T')}Z`))
  return minute >= now ? 'now' : `${describeWait(minute, now).replace(/(?<=h)\d+m$/, '')} ago`
}
