import type { LiveRun, RunList } from '../../control/schemas.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import type { TableColumn } from '../cli/table.ts'
import { notePauses } from '../pauses/print-pauses.ts'
import { withDaemon } from './ask-daemon.ts'
import { shortIds } from './short-ids.ts'
import { describeSpan, shortTime } from './show-times.ts'

export const RUN_COLUMNS: readonly TableColumn[] = [
  { heading: 'run' },
  { heading: 'job' },
  { heading: 'host', leaves: 4 },
  { heading: 'started', leaves: 2 },
  { heading: 'elapsed', leaves: 3 },
  { heading: 'pid', leaves: 1 },
  { heading: 'state', isLong: true },
]

/** Lists what is active, of all jobs or of one. */
export async function ps(
  context: CommandContext,
  word: string | undefined,
  { json }: { readonly json?: boolean },
): Promise<ExitCode> {
  const output = new Output(context)
  const list = await withDaemon(context, (daemon) => daemon.look<RunList>(runsOf(word ?? null)))
  if (json === true) output.json(list)
  else {
    if (list.items.length > 0) output.table(RUN_COLUMNS, cellsOf(list))
    output.note(list.items.length === 0 ? 'No run is active.' : summaryOf(list))
    notePauses(output, list.pauses, list.generated)
  }
  return 0
}

/** Where the active runs are that `word` means; null: all. */
export function runsOf(word: string | null): string {
  return word === null ? '/runs' : `/runs?of=${encodeURIComponent(word)}`
}

export function cellsOf({ items, generated }: RunList): readonly (readonly unknown[])[] {
  const short = shortIds(items.map(({ run }) => run))
  const now = Date.parse(generated)
  return items.map((run) => [
    short(run.run),
    run.job,
    run.host,
    run.started === null ? null : shortTime(run.started, now),
    run.elapsedMs === null ? null : describeSpan(run.elapsedMs),
    run.pid,
    stateOf(run),
  ])
}

function stateOf({ state, reason, attempt, isElsewhere }: LiveRun): string {
  const walk =
    attempt !== null && attempt.of > 1 && attempt.number > 1 ? [`${attempt.number} of ${attempt.of} hosts`] : []
  const elsewhere = isElsewhere ? ['of another rcron process'] : []
  return [state + (reason === null ? '' : `: ${reason}`), ...walk, ...elsewhere].join(', ')
}

function summaryOf({ items, slots }: RunList): string {
  const waiting = items.filter(({ state }) => state === 'waiting').length
  const runs = `${items.length} ${items.length === 1 ? 'run' : 'runs'}`
  return `${runs}${waiting > 0 ? `, ${waiting} of them waiting` : ''}; ${slots} ${slots === 1 ? 'slot' : 'slots'}. "rcron kill RUN" ends one.`
}
