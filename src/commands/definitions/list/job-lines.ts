import type { Minute } from '../../../domain/minute.ts'
import { BAD_KINDS } from '../../../domain/outcome.ts'
import type { TableColumn } from '../../cli/table.ts'
import { describeTime, describeWait } from '../../shared/describe-time.ts'
import { nameOfHost } from '../../shared/name-of-host.ts'
import { severalOf } from '../../shared/several-of.ts'
import type { Options } from '../noun.ts'
import type { CronFacts } from './cron-facts.ts'

/** A cron with what is shown of its row. */
export type ListedCron = { readonly facts: CronFacts; readonly fields: Options }

/** Columns of a list with a line for each job. */
export const JOB_COLUMNS: readonly TableColumn[] = [
  { heading: 'next' },
  { heading: 'in', leaves: 6 },
  { heading: 'job' },
  { heading: 'state' },
  { heading: 'hosts', leaves: 7 },
  { heading: 'schedule', leaves: 5 },
  { heading: 'last run', leaves: 3 },
  { heading: 'user', leaves: 2 },
  { heading: 'action', leaves: 1 },
  { heading: 'command', leaves: 4, isCut: true },
]

/** The cells of each job, that which is due next first; those that are never due come last. Pure. */
export function jobLines(crons: readonly ListedCron[], now: Minute): readonly (readonly unknown[])[] {
  const jobs = [...Map.groupBy(crons, jobOf).values()].map((members) => ({ members, next: nextOf(members) }))
  const sorted = jobs.sort((one, other) => (one.next?.facts.next ?? LAST) - (other.next?.facts.next ?? LAST))
  return sorted.map(({ members, next }) => cellsOf(members, next, now))
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
    next === null ? null : describeTime(next, zone),
    next === null ? null : describeWait(now, next),
    first?.facts.name,
    stateOf(members.map(({ facts }) => facts)),
    severalOf(eachOnce(members.map(hostOf))),
    distinct('schedule'),
    lastRunOf(members),
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
  const worst = WORST_FIRST.find((word) => words.includes(word)) ?? 'never-ran'
  const count = words.filter((word) => word === worst).length
  const isPart = count < facts.length && worst !== 'succeeded' && worst !== 'never-ran'
  return isPart ? `${worst} ${count}/${facts.length}` : worst
}

const WORST_FIRST = ['unusable', ...BAD_KINDS, 'disabled', 'succeeded', 'never-ran']

function wordOf({ cron, isEnabled, paused, lastEnd }: CronFacts): string {
  if (!isEnabled) return 'disabled'
  if (paused !== null) return 'paused'
  return cron === null ? 'unusable' : lastEnd
}

function lastRunOf(members: readonly ListedCron[]): string | null {
  const moments = members.flatMap(({ facts }) => facts.row?.last_run ?? [])
  const last = moments.sort().at(-1)
  return last === undefined ? null : `${last.slice(0, 16).replace(' ', 'T')}Z`
}
