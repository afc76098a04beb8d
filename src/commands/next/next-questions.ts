import { type Pause, pausedReason } from '../../definitions/judge/pauses/pause.ts'
import type { JudgedCrons } from '../../definitions/snapshot.ts'
import type { Cron } from '../../domain/cron.ts'
import { jobKey } from '../../domain/job.ts'
import { aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'
import type { CronRow } from '../../domain/rows.ts'
import type { NextQuestion } from './next-answer.ts'

/** What holds for every question; `tz` is the zone that was asked for, if any: it goes before a cron's own. */
export type QuestionDefaults = { readonly defaults: Omit<NextQuestion, 'expr'>; readonly tz: string | undefined }

/** The crons that may be asked about. */
export type KnownCrons = {
  readonly judged: JudgedCrons
  /** Every row whose shape holds, sound or not. */
  readonly rows: readonly CronRow[]
  readonly pauses: readonly Pause[]
}

/** A schedule that is asked about, and what it is called. */
export type NamedQuestion = {
  readonly name: string
  /** What a line for each job is of. */
  readonly job: { readonly key: string; readonly name: string; readonly host: string | null }
  /** False for a cron that is disabled: these times are those at which it would run. */
  readonly enabled: boolean
  /** Why it is not started now, though it may be due; null where no pause keeps it from that. */
  readonly paused: string | null
  readonly question: NextQuestion
}

/** What is asked about, of all that was meant. */
export type ChosenQuestions = {
  readonly asked: readonly NamedQuestion[]
  /** Of rows that were meant beside others, and cannot be used. */
  readonly leftOut: readonly Problem[]
  /** Of words that mean nothing that can be used. */
  readonly refused: readonly Problem[]
}

/** Whether `text` is meant as a schedule, and not as the id or name of a cron. */
export function isExpression(text: string): boolean {
  return text.startsWith('@') || /\s/.test(text.trim())
}

export function questionOfExpression(expr: string, { defaults }: QuestionDefaults): NamedQuestion {
  const job = { key: expr, name: expr.trim(), host: null }
  return { name: expr, job, enabled: true, paused: null, question: { ...defaults, expr } }
}

/** What `wanted` asks for, in its order: schedules, and crons by id or name. Of a name all are meant. Pure. */
export function chooseWanted(wanted: readonly string[], asking: QuestionDefaults, known: KnownCrons): ChosenQuestions {
  const chosen = wanted.map((text): ChosenQuestions => {
    if (isExpression(text)) return { asked: [questionOfExpression(text, asking)], leftOut: [], refused: [] }
    const asked = cronsByReference(known.judged.crons, text).map((cron) => questionOfCron(cron, asking, known))
    const broken = problemsOfCalled(known, text)
    if (asked.length > 0) return { asked, leftOut: broken, refused: [] }
    return { asked, leftOut: [], refused: broken.length > 0 ? broken : [meansNothing(text)] }
  })
  return {
    asked: chosen.flatMap((it) => it.asked),
    leftOut: chosen.flatMap((it) => it.leftOut),
    refused: chosen.flatMap((it) => it.refused),
  }
}

/** All enabled crons; and what keeps rows that are not disabled from being among them. Pure. */
export function chooseEnabled(asking: QuestionDefaults, known: KnownCrons): ChosenQuestions {
  const { judged, rows } = known
  const disabled = new Set(rows.filter(({ enabled }) => enabled === 0).map(({ id }) => id))
  const errors = judged.problems.filter(({ severity }) => severity === 'error')
  return {
    asked: judged.enabled.map((cron) => questionOfCron(cron, asking, known)),
    leftOut: errors.filter(
      ({ about }) => about.kind !== 'cron' || typeof about.id !== 'number' || !disabled.has(about.id),
    ),
    refused: [],
  }
}

function questionOfCron(cron: Cron, { defaults, tz }: QuestionDefaults, { pauses }: KnownCrons): NamedQuestion {
  const { id, name, enabled, expression, timezone, system } = cron
  const question = { ...defaults, expr: written(expression), tz: tz ?? timezone }
  const job = { key: jobKey(cron), name, host: system.host }
  return { name: `cron ${id} (${name})`, job, enabled, paused: pausedReason(pauses, cron, Date.now()), question }
}

/** A macro stands in the first of the five fields; written on one line, it stands alone. */
function written(expression: string): string {
  return expression.startsWith('@') ? expression.slice(0, expression.indexOf(' ')) : expression
}

function problemsOfCalled({ judged, rows }: KnownCrons, reference: string): readonly Problem[] {
  const named = new Set(rows.filter(({ cron_name }) => cron_name === reference).map(({ id }) => id))
  return judged.problems.filter(({ severity, about }) => {
    if (severity !== 'error' || about.kind !== 'cron') return false
    const { id, name } = about
    return String(id) === reference || name === reference || (typeof id === 'number' && named.has(id))
  })
}

function meansNothing(text: string): Problem {
  const message = 'neither a schedule of five fields, nor a macro, nor the id or name of a cron'
  const hint = 'quote a schedule as one argument; "rcron cron list" shows the crons'
  return errorAbout(aboutWord(text), message, hint)
}
