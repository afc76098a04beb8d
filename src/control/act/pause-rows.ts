import { isOver, type Pause } from '../../definitions/judge/pauses/pause.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import { describePaused, type PauseKind, type PauseRow } from '../../domain/pauses/pause-row.ts'
import { isSystemCalled } from '../../domain/references/called.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'
import type { Definitions } from '../../domain/rows.ts'
import { ControlFault } from '../faults.ts'
import type { PauseOrder, ResumeOrder } from '../schemas.ts'
import { hintOf } from './match-runs.ts'

/** Among what words are looked for. */
export type Pausable = {
  readonly definitions: Pick<Definitions, 'systems'>
  readonly snapshot: Pick<Snapshot, 'crons' | 'pauses'>
}

/** Who pauses, and when; `newId` gives 32 hex digits that nothing else has. */
export type Pausing = { readonly now: number; readonly by: string; readonly newId: () => string }

type Subject = Pick<PauseRow, 'subject'> & { readonly kind: PauseKind }

/** The rows that come of an order: a pause without a window takes the place of one that there is. Throws a ControlFault where a word means nothing. */
export function pauseRowsOf(order: PauseOrder, pausable: Pausable, { now, by, newId }: Pausing): readonly PauseRow[] {
  const { until, window, reason } = order
  if (until !== null && until <= now) throw new ControlFault('INVALID', 'it would be over already')
  return subjectsOf(order, pausable).map((subject) => {
    const there =
      window === null ? pausable.snapshot.pauses.find((pause) => isReplaced(pause, subject, now)) : undefined
    return {
      id: there?.row.id ?? newId(),
      ...subject,
      since: there?.row.since ?? now,
      until,
      schedule: window?.schedule ?? null,
      minutes: window?.minutes ?? null,
      timezone: window?.timezone ?? null,
      reason,
      actor: by,
    }
  })
}

/** The rows of the pauses that end now. Throws a ControlFault where a word means none. */
export function resumedRowsOf(order: ResumeOrder, pausable: Pausable, now: number): readonly PauseRow[] {
  const left = pausable.snapshot.pauses.filter((pause) => !isOver(pause, now))
  const words = order.isAll ? ['--all', ...order.of] : order.of
  const ended = words.flatMap((word) => pausesCalled(word, left, pausable))
  // One that has not begun yet is over before it does.
  return [...new Map(ended.map(({ row }) => [row.id, { ...row, until: Math.max(now, row.since) }])).values()]
}

function pausesCalled(word: string, left: readonly Pause[], pausable: Pausable): readonly Pause[] {
  const byId = /^[0-9a-f]{4,32}$/.test(word) ? left.filter(({ row }) => row.id.startsWith(word)) : []
  const called = byId.length === 1 ? byId : left.filter(({ row }) => describePaused(row) === word)
  if (called.length > 0) return called
  const subjects = word === '--all' ? [] : subjectsIn(word, pausable)
  const found = left.filter(({ row }) => subjects.some((it) => it.kind === row.kind && it.subject === row.subject))
  if (found.length > 0) return found
  const there = left.map(({ row }) => `${describePaused(row)} (${row.id.slice(0, 8)})`)
  const hint = there.length === 0 ? 'Nothing is.' : `Paused is ${there.join(', ')}.`
  throw new ControlFault('NOT_FOUND', `${word} is not paused by itself`, hint)
}

/** How the audit calls what is paused or resumed. */
export function subjectOfPause({ of, isAll }: Pick<PauseOrder, 'of' | 'isAll'>): string {
  return [...(isAll ? ['--all'] : []), ...of].join(', ')
}

function isReplaced(pause: Pause, { kind, subject }: Subject, now: number): boolean {
  return pause.window === null && !isOver(pause, now) && pause.row.kind === kind && pause.row.subject === subject
}

function subjectsOf({ of, isAll }: Pick<PauseOrder, 'of' | 'isAll'>, pausable: Pausable): readonly Subject[] {
  const all: readonly Subject[] = isAll ? [{ kind: 'all', subject: '' }] : []
  const subjects = [...all, ...of.flatMap((word) => subjectsIn(word, pausable))]
  if (subjects.length === 0) throw new ControlFault('INVALID', 'expected what is meant: a job, system:NAME or all')
  return [...new Map(subjects.map((it) => [`${it.kind} ${it.subject}`, it])).values()]
}

function subjectsIn(word: string, { definitions, snapshot }: Pausable): readonly Subject[] {
  if (word.startsWith('system:')) return [systemIn(word.slice('system:'.length), definitions)]
  const { crons } = snapshot
  if (word.startsWith('tag:')) return [tagIn(word.slice('tag:'.length), crons)]
  const called = cronsByReference(crons, word)
  if (called.length === 0) {
    const hint = hintOf(
      word,
      crons.map(({ name }) => name),
    )
    throw new ControlFault('NOT_FOUND', `${word}: there is no such job that can be used`, hint)
  }
  if (called.every(({ id, name }) => name === word && String(id) !== word)) return [{ kind: 'job', subject: word }]
  return called.map(({ id }) => ({ kind: 'cron', subject: String(id) }))
}

/** Crons that get the tag later are paused too; one that nothing has is a mistake. */
function tagIn(tag: string, crons: Pausable['snapshot']['crons']): Subject {
  if (crons.some(({ tags }) => tags.includes(tag))) return { kind: 'tag', subject: tag }
  const known = crons.flatMap(({ tags }) => tags)
  throw new ControlFault('NOT_FOUND', `nothing has the tag ${tag}`, hintOf(tag, known))
}

function systemIn(name: string, { systems }: Pausable['definitions']): Subject {
  if (systems.some((system) => isSystemCalled(system, name))) return { kind: 'system', subject: name }
  throw new ControlFault('NOT_FOUND', `there is no system ${name}`, '"rcron system list" shows them.')
}
