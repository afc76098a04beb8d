import type { LiveRun, RunList } from '../../control/schemas.ts'
import { describeDuration } from '../../domain/words.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import type { TableColumn } from '../cli/table.ts'
import { notePauses } from '../pauses/print-pauses.ts'
import { withDaemon } from './ask-daemon.ts'
import { shortIds } from './short-ids.ts'
import { describeSpan, shortTime } from './show-times.ts'
import { type UsualTimes, usualTimes } from './usual-times.ts'

export const RUN_COLUMNS: readonly TableColumn[] = [
  { heading: 'run' },
  { heading: 'job' },
  { heading: 'host', leaves: 5 },
  { heading: 'started', leaves: 2 },
  { heading: 'elapsed', leaves: 4 },
  { heading: 'usual', leaves: 3 },
  { heading: 'pid', leaves: 1 },
  { heading: 'state', isLong: true },
]

/** Lists what is active, of all jobs or of one. */
export async function ps(
  context: CommandContext,
  word: string | undefined,
  { json, watch }: { readonly json?: boolean; readonly watch?: boolean },
): Promise<ExitCode> {
  if (watch === true) {
    const { watching } = await import('../shared/watch.ts')
    return await watching(context, { ...(json && { json }) }, (shown) => ps(shown, word, {}))
  }
  const output = new Output(context)
  const [list, usual] = await withDaemon(context, async (daemon, settings) => {
    const found = await daemon.look<RunList>(runsOf(word ?? null))
    return [found, await usualTimes(settings, found.items)] as const
  })
  if (json === true) output.json({ ...list, items: list.items.map((run) => ({ ...run, ...usualOf(run, usual) })) })
  else {
    if (list.items.length > 0) output.table(RUN_COLUMNS, cellsOf(list, usual))
    output.note(list.items.length === 0 ? 'No run is active.' : summaryOf(list))
    notePauses(output, list.pauses, list.generated)
  }
  return 0
}

/** Where the active runs are that `word` means; null: all. */
export function runsOf(word: string | null): string {
  return word === null ? '/runs' : `/runs?of=${encodeURIComponent(word)}`
}

/** How long runs of its row usually take: half of them no longer, and 95 of 100. */
function usualOf({ cron }: LiveRun, usual: UsualTimes) {
  const known = cron === null ? undefined : usual.get(cron)
  return { p50Ms: known?.p50Ms ?? null, p95Ms: known?.p95Ms ?? null }
}

export function cellsOf({ items, generated }: RunList, usual: UsualTimes = new Map()): readonly (readonly unknown[])[] {
  const short = shortIds(items.map(({ run }) => run))
  const now = Date.parse(generated)
  return items.map((run) => [
    short(run.run),
    run.job,
    run.host,
    run.started === null ? null : shortTime(run.started, now),
    run.elapsedMs === null ? null : describeSpan(run.elapsedMs),
    describeUsual(usualOf(run, usual)),
    run.pid,
    stateOf(run, usualOf(run, usual).p95Ms),
  ])
}

function describeUsual({ p50Ms, p95Ms }: ReturnType<typeof usualOf>): string | null {
  return p50Ms === null ? null : `${describeDuration(p50Ms)} (p95 ${describeDuration(p95Ms)})`
}

function stateOf({ state, reason, attempt, isElsewhere, elapsedMs }: LiveRun, p95Ms: number | null): string {
  const walk =
    attempt !== null && attempt.of > 1 && attempt.number > 1 ? [`${attempt.number} of ${attempt.of} hosts`] : []
  const elsewhere = isElsewhere ? ['of another rcron process'] : []
  const long = elapsedMs !== null && p95Ms !== null && elapsedMs > p95Ms ? ['over p95'] : []
  return [state + (reason === null ? '' : `: ${reason}`), ...long, ...walk, ...elsewhere].join(', ')
}

function summaryOf({ items, slots }: RunList): string {
  const waiting = items.filter(({ state }) => state === 'waiting').length
  const runs = `${items.length} ${items.length === 1 ? 'run' : 'runs'}`
  return `${runs}${waiting > 0 ? `, ${waiting} of them waiting` : ''}; ${slots} ${slots === 1 ? 'slot' : 'slots'}. "rcron kill RUN" ends one.`
}
