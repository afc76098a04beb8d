import { shuffled } from '../../dispatch/plan-shuffle.ts'
import type { Firing } from '../../domain/job.ts'
import { addMinutes, type Minute } from '../../domain/minute.ts'
import { describeTime } from '../shared/describe-time.ts'

/** What starts in one minute, by the schedules: what fails over later is not foreseen. */
export type MinuteLoad = {
  readonly minute: Minute
  /** How many runs. */
  readonly starts: number
  /** How many of them on each host. */
  readonly hosts: ReadonlyMap<string, number>
}

/** One host that is given more in a minute than it takes at once. */
export type Crowded = {
  readonly host: string
  readonly minute: Minute
  readonly starts: number
  readonly minutes: number
}

/** The load of each minute from `from` until `to`, that excluded. Pure. */
export function loadsBetween(
  from: Minute,
  to: Minute,
  firingsIn: (minute: Minute) => readonly Firing[],
): readonly MinuteLoad[] {
  const loads: MinuteLoad[] = []
  for (let minute = from; minute < to; minute = addMinutes(minute, 1)) {
    const hosts = new Map<string, number>()
    for (const host of firingsIn(minute).flatMap(firstHostsOf)) hosts.set(host, (hosts.get(host) ?? 0) + 1)
    loads.push({ minute, starts: [...hosts.values()].reduce((sum, count) => sum + count, 0), hosts })
  }
  return loads
}

/** An `all` starts everywhere at once, the other actions on one host first. */
function firstHostsOf(firing: Firing): readonly string[] {
  const { action } = firing.job
  const order = action === 'shuffle' ? shuffled(firing) : firing.crons
  const started = action === 'all' ? order : order.slice(0, 1)
  return started.map(({ system }) => system.name ?? system.host)
}

/** From nothing to the peak of the day. */
const LEVELS = ' .:-=+*#%@'

/**
 * A line for each hour of the clock, a character for each of its minutes: the darker the more starts. An hour that the clock skips has no line, and one
 * that it repeats has two, with their distance from UTC. Pure.
 */
export function heatLines(loads: readonly MinuteLoad[], zone: string): readonly string[] {
  const peak = loads.reduce((most, { starts }) => Math.max(most, starts), 0)
  const hours = Map.groupBy(loads, ({ minute }) => hourOf(minute, zone))
  const repeated = (label: string) => [...hours.keys()].filter((other) => other.startsWith(label)).length > 1
  return [...hours].map(([hour, minutes]) => {
    const [label = '', offset = ''] = hour.split(' ')
    const cells = Array<string>(60).fill(' ')
    for (const { minute, starts } of minutes)
      cells[Number(describeTime(minute, zone).slice(14, 16))] = levelOf(starts, peak)
    return `${label} |${cells.join('')}|${repeated(`${label} `) ? ` ${offset}` : ''}`
  })
}

/** `02 +01:00`. */
function hourOf(minute: Minute, zone: string): string {
  const text = describeTime(minute, zone)
  return `${text.slice(11, 13)} ${text.slice(16)}`
}

function levelOf(starts: number, peak: number): string {
  const level = starts === 0 ? 0 : Math.ceil((starts / peak) * (LEVELS.length - 1))
  return LEVELS.charAt(level)
}

/** What the characters mean: `. 1-24, : 25-48, …`, of those that a peak lets there be. */
export function legendOfLoad(peak: number): string {
  const ranges = [...LEVELS.slice(1)].flatMap((mark, at) => {
    const [least, most] = [Math.floor((at * peak) / 9) + 1, Math.floor(((at + 1) * peak) / 9)]
    return least > most ? [] : [`${mark} ${least === most ? most : `${least}-${most}`}`]
  })
  return ranges.join('  ')
}

/** The minutes with the most starts, those first. */
export function peaksOf(loads: readonly MinuteLoad[], most: number): readonly MinuteLoad[] {
  return loads
    .filter(({ starts }) => starts > 0)
    .sort((a, b) => b.starts - a.starts || a.minute - b.minute)
    .slice(0, most)
}

/** The hosts that are given more than `limit` in a minute, with their worst one; the most crowded first. Pure. */
export function crowdedHosts(loads: readonly MinuteLoad[], limit: number): readonly Crowded[] {
  const crowded = new Map<string, Crowded>()
  for (const { minute, hosts } of loads) {
    for (const [host, starts] of hosts) {
      if (starts <= limit) continue
      const known = crowded.get(host)
      const worst = known === undefined || starts > known.starts ? { minute, starts } : known
      crowded.set(host, { host, minute: worst.minute, starts: worst.starts, minutes: (known?.minutes ?? 0) + 1 })
    }
  }
  return [...crowded.values()].sort((a, b) => b.starts - a.starts || (a.host < b.host ? -1 : 1))
}
