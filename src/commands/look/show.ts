import { minuteOf } from '../../domain/minute.ts'
import { describeDuration } from '../../domain/words.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, type StyledText, styled } from '../cli/output.ts'
import { localMoment } from '../shared/job-times.ts'
import { nameOfHost } from '../shared/name-of-host.ts'
import { withStore } from '../shared/open-store.ts'
import { findJobPages } from './find-jobs.ts'
import { changeLines, type JobPage, legendOf, pageFields, stateOf } from './job-page.ts'

/** Shows what is known of a job: how it is defined, how it ended lately, how long it takes, when it is due, who changed it. */
export async function show(
  context: CommandContext,
  words: readonly string[],
  { json }: { readonly json?: boolean },
): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async (opened) => {
    const output = new Output(context)
    const at = Date.now()
    const now = minuteOf(at)
    const pages: JobPage[] = []
    for (const word of new Set(words)) pages.push(...(await findJobPages(word, { opened, output, now })))
    const generated = formatInstant(at, zoneOf(opened.settings.config.timezone))
    if (json === true) output.json({ schema: 'rcron.show.v1', generated, items: pages.map(printed) })
    else {
      for (const [place, page] of pages.entries()) {
        if (place > 0) output.line()
        output.record(pageFields(page, now, localMoment))
        printBar(output, page)
        printRows(output, page)
        printChanges(output, page)
      }
    }
    return 0
  })
}

/** Ends that were none to wish for stand out. */
function printBar(output: Output, { rollup }: JobPage): void {
  if (rollup === null) return
  const parts = rollup.bar.match(/\.+|[^.]+/g) ?? []
  output.line()
  output.line(...parts.map((part): StyledText => (part.startsWith('.') ? part : styled('red', part))))
  output.line(legendOf(rollup.bar))
}

const ROW_COLUMNS = [
  { heading: 'CRON' },
  { heading: 'HOST' },
  { heading: 'STATE' },
  { heading: 'USUAL', leaves: 1 },
  { heading: 'LAST', leaves: 2 },
] as const

/** Where there is more than one. */
function printRows(output: Output, { rows, zone }: JobPage): void {
  if (rows.length < 2) return
  output.line()
  output.table(
    ROW_COLUMNS,
    rows.map((row) => [
      row.id,
      nameOfHost(row.fields),
      stateOf({ rows: [row], rollup: row.rollup }),
      describeDuration(row.rollup?.p50Ms ?? null),
      row.rollup === null ? null : localMoment(row.rollup.lastAt, zone),
    ]),
  )
}

function printChanges(output: Output, { changes, zone }: JobPage): void {
  if (changes.length === 0) return
  output.line()
  const columns = ['CHANGED', 'BY', { heading: 'ACTION', leaves: 1 }, { heading: 'WHAT', isLong: true }] as const
  output.table(columns, changeLines(changes, zone, localMoment))
}

function printed({ job, rows, rollup, zone, changes }: JobPage) {
  const instant = (ms: number | null | undefined) => (ms == null ? null : formatInstant(ms, zoneOf(zone)))
  const next = rows.flatMap((row) => row.next ?? []).sort((one, other) => one - other)[0]
  return {
    job: job.name,
    action: job.action,
    timezone: zone,
    state: stateOf({ rows, rollup }),
    tags: [...new Set(rows.flatMap(({ cron }) => cron?.tags ?? []))],
    next: next === undefined ? null : instant(next * 60_000),
    last: instant(rollup?.lastAt),
    last_outcome: rollup?.lastKind ?? null,
    last_success: instant(rollup?.lastSuccessAt),
    streak: rollup?.streak ?? null,
    bar: rollup?.bar ?? null,
    p50_ms: rollup?.p50Ms ?? null,
    p95_ms: rollup?.p95Ms ?? null,
    rows: rows.map((row) => row.fields),
    changes: changes.map((change) => ({ ...change, at: instant(change.at) })),
  }
}
