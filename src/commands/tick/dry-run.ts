import { type Notes, readNotes } from '../../app/installation-notes.ts'
import { loadSettings } from '../../app/settings.ts'
import { firingsIn, rebootFirings } from '../../definitions/firings.ts'
import { pausedReason } from '../../definitions/judge/pauses/pause.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import { activeFactsOf } from '../../dispatch/locks/lock-of-run.ts'
import type { Cron } from '../../domain/cron.ts'
import { describeMinute, type Minute, minuteOf, startOf } from '../../domain/minute.ts'
import { type Explanation, explainMinute } from '../../minutes/explain-minute.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { loadJudged, withStoreOf } from '../shared/open-store.ts'
import { EXPLAINED_COLUMNS, explainedRow, foldExplanations } from './explained-rows.ts'
import { idsByReference, refuseUnknown } from './firings-by-hand.ts'
import { minuteAt } from './minute-at.ts'

/** Options of `rcron tick --dry-run`. */
export type DryRunOptions = { readonly at?: string; readonly rows?: boolean; readonly json?: boolean }

/** Prints what a tick would do now, or by hand at a time, and why it would not do the rest. Nothing is run or noted, also beside a daemon. */
export async function dryRun(
  context: CommandContext,
  wanted: readonly string[],
  { at, rows: isWhole, json }: DryRunOptions,
): Promise<ExitCode> {
  const output = new Output(context)
  const settings = await loadSettings(context.environment)
  const { config } = settings
  const minute = at === undefined ? minuteOf(Date.now()) : minuteAt(at, config.timezone, Date.now())
  const { snapshot } = await withStoreOf(settings, loadJudged)
  const notes = readNotes(config)
  for (const problem of [...config.warnings, ...notes.problems]) output.problem(problem)
  refuseUnknown(snapshot, wanted)
  const only = wanted.length === 0 ? null : idsByReference(snapshot, wanted)
  const { due, explanations } = explain({ snapshot, minute, notes, only, isByHand: at !== undefined })
  if (json === true) {
    output.json(
      explanations.map((it) => ({ minute: describeMinute(minute), kind: it.kind, ...explainedRow(it, snapshot) })),
    )
    return 0
  }
  const rows =
    isWhole === true
      ? explanations.map((it) => explainedRow(it, snapshot))
      : foldExplanations(explanations, only === null ? snapshot : { ...snapshot, problems: [] })
  output.line(`${describeMinute(minute)}: ${due === 1 ? '1 job is due' : `${due} jobs are due`}`)
  output.table(
    EXPLAINED_COLUMNS,
    rows.map((row) => Object.values(row)),
  )
  return 0
}

type Explaining = {
  readonly snapshot: Snapshot
  readonly minute: Minute
  readonly notes: Notes
  /** The crons that are asked about, by id; null for all. */
  readonly only: ReadonlySet<number> | null
  /** By hand neither the mark nor the machine's boot counts. */
  readonly isByHand: boolean
}

type Explained = {
  /** How many jobs are due. */
  readonly due: number
  readonly explanations: readonly Explanation[]
}

function explain({ snapshot, minute, notes, only, isByHand }: Explaining): Explained {
  const isAsked = ({ id }: Pick<Cron, 'id'>) => only === null || only.has(id)
  const crons = snapshot.crons.filter(isAsked)
  const problems = only === null ? snapshot.problems : []
  const active = notes.locks.map(activeFactsOf)
  const reasonOf = (cron: Cron) => pausedReason(snapshot.pauses, cron, isByHand ? Date.now() : startOf(minute))
  const facts = { minute, active, pausedReason: reasonOf }
  const atBoot = !isByHand && notes.isFirstSinceBoot ? rebootFirings(snapshot, minute) : []
  const due = firingsIn(snapshot, minute).map((firing) => ({ ...firing, crons: firing.crons.filter(isAsked) }))
  const firings = due.filter((firing) => firing.crons.length > 0)
  const fired = new Set(atBoot.flatMap((firing) => firing.crons.map(({ id }) => id)))
  const others = crons.filter(({ id }) => !fired.has(id))
  return {
    due: atBoot.length + firings.length,
    explanations: [
      // They belong to no minute, so that it does not matter whether this one was planned before.
      ...explainMinute({ ...facts, crons: [], problems: [], firings: atBoot, planned: [] }),
      ...explainMinute({ ...facts, crons: others, problems, firings, planned: isByHand ? [] : notes.planned }),
    ],
  }
}
