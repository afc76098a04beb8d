import type { Cron } from '../../domain/cron.ts'
import { ExitError } from '../../domain/errors.ts'
import type { FiringRow } from '../../domain/history/firing-row.ts'
import { type Minute, minuteOf, startOf } from '../../domain/minute.ts'
import { nextCommandOf } from '../../domain/reasons/reasons.ts'
import { cronsByReference } from '../../domain/references/crons-by-reference.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { HistoryReading } from '../../store/history/history-store.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { loadJudged, type OpenStore, withStore } from '../shared/open-store.ts'
import { pastTimeOf } from '../shared/past-time.ts'
import { courseOf } from './course-of.ts'
import { fieldsOf, localTime, printedFiring } from './describe-firing.ts'
import { changesSince, whyNot } from './why-not.ts'

/** Options of `rcron why`. */
export type WhyOptions = { readonly json?: boolean }

const NOT_THERE = 4
const MS_PER_MINUTE = 60_000
const MOST_FIRINGS = 100
const MOST_CHANGES = 1000

type Asked = {
  readonly word: string
  readonly name: string
  readonly crons: readonly Cron[]
  /** The host of the one row that is meant; null for the job with all its rows. */
  readonly host: string | null
  /** Null: the last one. */
  readonly minute: Minute | null
}

/** Explains one firing step by step, or why there was none. Exits with 4 where there is no such job, now or in the history. */
export async function why(
  context: CommandContext,
  word: string,
  time: string | undefined,
  options: WhyOptions,
): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async (opened) => {
    const output = new Output(context)
    const { snapshot } = await loadJudged(opened)
    const asked = askedOf(opened, cronsByReference(snapshot.crons, word), word, time)
    const reading = await opened.store.history()
    const firing = await firingOf(reading, asked)
    if (firing !== null) await explainFiring({ output, reading, opened, options }, firing, asked)
    else await explainNone({ output, opened, options }, asked, snapshot.schedules)
    return 0
  })
}

function askedOf({ settings }: OpenStore, crons: readonly Cron[], word: string, time: string | undefined): Asked {
  const [first] = crons
  const isName = first === undefined || first.name === word
  const at = { now: Date.now(), zone: zoneOf(first?.timezone ?? settings.config.timezone) }
  const minute = time === undefined ? null : minuteOf(pastTimeOf('TIME', time, at))
  const host = isName ? null : first.system.host
  return { word, name: first?.name ?? word, crons, host, minute }
}

/** The one that covers the minute: its own, or the one that stands for several that were missed. Without a minute the last one. */
async function firingOf(reading: HistoryReading, { name, host, minute }: Asked): Promise<FiringRow | null> {
  const query = { jobs: [name], host, outcome: null, since: null, until: null, after: null, most: 1 }
  if (minute === null) return (await reading.firings(query))[0] ?? null
  const since = startOf(minute)
  const [own] = await reading.firings({ ...query, since, until: since + MS_PER_MINUTE })
  if (own !== undefined) return own
  // Nobody missed anything on a certain host: such a row has no run.
  const missed = await reading.firings({ ...query, host: null, since, outcome: 'missed', most: MOST_FIRINGS })
  return missed.find((row) => row.first <= minute && minute <= row.minute) ?? null
}

type Explaining = { readonly output: Output; readonly opened: OpenStore; readonly options: WhyOptions }

async function explainFiring(
  { output, reading, opened, options }: Explaining & { readonly reading: HistoryReading },
  firing: FiringRow,
  { crons }: Asked,
): Promise<void> {
  const [found] = await reading.firingsOf(firing.id)
  const steps = courseOf(found ?? { firing, runs: [] })
  const next = nextCommandOf(firing.code, fieldsOf(firing))
  const zone = crons[0]?.timezone ?? opened.settings.config.timezone
  if (options.json === true) {
    const course = steps.map(({ at, ...step }) => ({ at: new Date(at).toISOString(), ...step }))
    output.json({ schema: 'rcron.why.v1', generated: now(), firing: printedFiring(firing), steps: course, next })
    return
  }
  output.line(
    `${firing.job.name}, due ${localTime(startOf(firing.minute), zone)} (${zone}): ${firing.kind}, ${firing.code}`,
  )
  output.table(
    ['when', 'host', { heading: 'what', isLong: true }],
    steps.map(({ at, host, sentence }) => [formatInstant(at, zoneOf(zone)), host, sentence]),
  )
  if (next !== null) output.line(`Next: ${next}`)
}

async function explainNone(
  { output, opened, options }: Explaining,
  { word, name, crons, minute }: Asked,
  schedules: ReadonlyMap<number, Parameters<typeof whyNot>[1]>,
): Promise<void> {
  if (crons.length === 0) await refuseUnknown(opened, word)
  const at = minute ?? minuteOf(Date.now())
  const since = minute === null ? null : startOf(minute)
  const audit = since === null ? [] : await opened.store.readAudit({ since, most: MOST_CHANGES })
  const changes = changesSince(audit, crons, name)
  const rows = crons.flatMap((cron) => {
    const schedule = schedules.get(cron.id)
    return schedule === undefined ? [] : [{ cron, ...whyNot(cron, schedule, at, minuteOf(Date.now())) }]
  })
  if (options.json === true) {
    const items = rows.map(({ cron, ...reason }) => ({ cron: cron.id, host: cron.system.host, ...reason }))
    const changed = changes.map(({ at: when, actor, action }) => ({ at: new Date(when).toISOString(), actor, action }))
    output.json({ schema: 'rcron.why.v1', generated: now(), firing: null, rows: items, changes: changed })
    return
  }
  const zone = crons[0]?.timezone ?? opened.settings.config.timezone
  output.line(`${name} has no firing ${minute === null ? 'yet' : `at ${localTime(startOf(at), zone)} (${zone})`}.`)
  output.table(
    ['cron', 'host', { heading: 'why', isLong: true }],
    rows.map(({ cron, sentence }) => [cron.id, cron.system.host, sentence]),
  )
  for (const { at: when, actor, action } of changes)
    output.line(`Changed since: ${localTime(when, zone)} ${action} by ${actor}`)
  const [next] = rows.flatMap((row) => row.next ?? [])
  if (next !== undefined) output.line(`Next: ${next}`)
}

/** Its rows may have been removed since; then the history still has it. */
async function refuseUnknown(opened: OpenStore, word: string): Promise<never> {
  const reading = await opened.store.history()
  const query = { jobs: [word], host: null, outcome: null, since: null, until: null, after: null, most: 1 }
  const [last] = await reading.firings(query)
  if (last === undefined)
    throw new ExitError(
      NOT_THERE,
      `${word}: there is no such job, nor was there one in the history`,
      '"rcron cron list" lists those there are',
    )
  const when = localTime(startOf(last.minute), opened.settings.config.timezone)
  throw new ExitError(
    NOT_THERE,
    `${word}: its crons were removed, or renamed; it was last due at ${when} (${last.kind})`,
    `"rcron history ${word}" lists what became of it`,
  )
}

function now(): string {
  return new Date().toISOString()
}
