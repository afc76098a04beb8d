import { firingsIn } from '../../definitions/firings.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { type Minute, minuteOf, startOf } from '../../domain/minute.ts'
import { aboutWord, errorAbout } from '../../domain/problem.ts'
import { formatInstant, formatLocal, parseTime } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { Zone } from '../../schedule/zone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { describeTime } from '../shared/describe-time.ts'
import { loadJudged, withStore } from '../shared/open-store.ts'
import { timeInWords } from '../shared/time-words.ts'
import {
  type Crowded,
  crowdedHosts,
  heatLines,
  legendOfLoad,
  loadsBetween,
  type MinuteLoad,
  peaksOf,
} from './day-load.ts'

const PEAKS = 3
const NAMED = 10

/** Prints how many runs start in each minute of a day, by the schedules, and which hosts are given more than they take at once. */
export async function load(
  context: CommandContext,
  day: string | undefined,
  { json }: { readonly json?: boolean },
): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async (opened) => {
    const { timezone, limits } = opened.settings.config
    const limit = limits.concurrentRunsPerHost
    const now = Date.now()
    const [from, to] = dayOf(day ?? 'today', now, zoneOf(timezone))
    const { snapshot } = await loadJudged(opened)
    const loads = loadsBetween(from, to, (minute) => firingsIn(snapshot, minute))
    const crowded = crowdedHosts(loads, limit)
    const output = new Output(context)
    if (json === true) output.json(printed(loads, crowded, { timezone, limit, now }))
    else print(output, loads, { crowded, timezone, limit })
    return 0
  })
}

/** The first minute of a local day, and that of the next one. */
function dayOf(text: string, now: number, zone: Zone): readonly [Minute, Minute] {
  const at = timeInWords(text, { now, zone, toward: 'any' })
  if (at === null) {
    const message = 'is no day, expected today, tomorrow, yesterday or a date such as 2026-03-29'
    throw new InvalidInputError([errorAbout(aboutWord(text), message)])
  }
  const date = formatLocal(minuteOf(at), zone).slice(0, 10)
  const next = new Date(Date.parse(`${date}T12:00Z`) + 86_400_000).toISOString().slice(0, 10)
  const [from, to] = [parseTime(date, zone), parseTime(next, zone)]
  if (from === null || to === null) throw new RangeError(`no day begins at ${date}`)
  return [from, to]
}

type Shown = { readonly crowded: readonly Crowded[]; readonly timezone: string; readonly limit: number }

function print(output: Output, loads: readonly MinuteLoad[], { crowded, timezone, limit }: Shown): void {
  const [first] = loads
  const all = loads.reduce((sum, { starts }) => sum + starts, 0)
  const peaks = peaksOf(loads, PEAKS)
  if (first !== undefined)
    output.line(`${describeTime(first.minute, timezone).slice(0, 10)} in ${timezone}: ${all} starts`)
  output.line(`   :00       :10       :20       :30       :40       :50`)
  for (const line of heatLines(loads, timezone)) output.line(line)
  const [peak] = peaks
  if (peak === undefined) return
  output.line(legendOfLoad(peak.starts))
  output.line()
  for (const { minute, starts, hosts } of peaks)
    output.line(
      `${describeTime(minute, timezone)}  ${starts} ${starts === 1 ? 'start' : 'starts'} on ${hosts.size} ${hosts.size === 1 ? 'host' : 'hosts'}`,
    )
  for (const { host, minute, starts, minutes } of crowded.slice(0, NAMED)) {
    const further = minutes > 1 ? `, and more than ${limit} in ${minutes} minutes` : ''
    output.line(
      `! ${host} is given ${starts} at ${describeTime(minute, timezone)}, and takes ${limit} at once${further}`,
    )
  }
  if (crowded.length > NAMED) output.line(`! and ${crowded.length - NAMED} more hosts`)
}

type Asked = { readonly timezone: string; readonly limit: number; readonly now: number }

function printed(loads: readonly MinuteLoad[], crowded: readonly Crowded[], { timezone, limit, now }: Asked) {
  const zone = zoneOf(timezone)
  const at = (minute: Minute) => formatInstant(startOf(minute), zone)
  return {
    schema: 'rcron.load.v1',
    generated: formatInstant(now, zone),
    limit_per_host: limit,
    items: loads.filter(({ starts }) => starts > 0).map(({ minute, starts }) => ({ minute: at(minute), starts })),
    crowded: crowded.map((it) => ({ ...it, minute: at(it.minute) })),
  }
}
