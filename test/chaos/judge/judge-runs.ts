import type { RunId } from '../../../src/domain/run.ts'
import type { HostRun } from '../host-journal.ts'
import type { ToldEnd } from '../tale.ts'
import {
  type Evidence,
  endsByRun,
  isDiskSickAt,
  isKnownToItsHostAlone,
  LINGER_MS,
  SLACK_MS,
  type Violation,
} from './evidence.ts'
import { untruthOf } from './untruth.ts'

/** Each run for itself: started once, told once, and told as it was. */
export function judgeRuns(evidence: Evidence): readonly Violation[] {
  const told = endsByRun(evidence)
  const ids = new Set([...evidence.hosts.keys(), ...told.keys(), ...evidence.tale.begun])
  return [...ids].flatMap((run) => judgeRun(evidence, run, told.get(run) ?? []))
}

function judgeRun(evidence: Evidence, run: RunId, ends: readonly ToldEnd[]): readonly Violation[] {
  const seen = evidence.hosts.get(run) ?? null
  const [first] = ends
  const found = [
    ...(seen === null ? [] : judgeStarts(seen)),
    ...(first === undefined ? judgeUntold(evidence, seen) : judgeTold({ evidence, seen, first, ends })),
  ]
  return found.map((text) => ({ rule: text.split(':', 1)[0] ?? '', run, text }))
}

function judgeUntold(evidence: Evidence, seen: HostRun | null): readonly string[] {
  return seen !== null && isKnownToItsHostAlone(evidence, seen) ? [] : ['forgotten: no outcome was told']
}

function judgeStarts({ starts, ends }: HostRun): readonly string[] {
  return [
    ...(starts.length > 1 ? [`started twice: ${starts.length} times`] : []),
    ...(ends.length > 1 ? [`ended twice: ${ends.length} times`] : []),
  ]
}

type Told = {
  readonly evidence: Evidence
  readonly seen: HostRun | null
  readonly first: ToldEnd
  readonly ends: readonly ToldEnd[]
}

function judgeTold({ evidence, seen, first, ends }: Told): readonly string[] {
  const words = new Set(ends.filter((end) => !isAfterSickness(evidence, ends, end)).map(describeTold))
  const again = ends.filter((end, index) =>
    ends.some((other, at) => at < index && !mayBeRepeated(evidence, other, end)),
  )
  const isGuess = seen !== null && isKnownToItsHostAlone(evidence, seen, first)
  const untruth = isGuess ? null : untruthOf(evidence, first, seen)
  return [
    ...(words.size > 1 ? [`contradicted: told as ${[...words].join(', then as ')}`] : []),
    ...(again.length > 0 ? [`told twice: by processes ${ends.map(({ teller }) => teller).join(' and ')}`] : []),
    ...(untruth === null ? [] : [`untrue: told as ${describeTold(first)}, but ${untruth}`]),
    ...(seen !== null && isLaterThan(seen.lastSign, first) ? [lateSign(seen.lastSign, first)] : []),
    ...(seen !== null && isKill(first) && isLaterThan(seen.lastSignOfAny, first)
      ? [lateSign(seen.lastSignOfAny, first)]
      : []),
  ]
}

/** Who could neither remove a lock nor say on it that its run was told leaves to others what they find. */
function isAfterSickness(evidence: Evidence, [first]: readonly ToldEnd[], end: ToldEnd): boolean {
  return first !== undefined && end !== first && mayBeRepeated(evidence, first, end) && isDiskSickAt(evidence, first.at)
}

/** An end is told again only where the process that told it was gone before it could remove the lock. */
function mayBeRepeated(evidence: Evidence, first: ToldEnd, again: ToldEnd): boolean {
  const killedAt = evidence.kills.get(first.teller) ?? Number.POSITIVE_INFINITY
  const goneAt = Math.min(killedAt, evidence.exits.get(first.teller) ?? Number.POSITIVE_INFINITY)
  if (first.teller === again.teller || goneAt > again.at) return false
  return isDiskSickAt(evidence, first.at) || killedAt <= first.at + LINGER_MS
}

/** What is told as killed is dead with all that it left behind; what ended by itself may have left something behind. */
export function isKill({ outcome }: Pick<ToldEnd, 'outcome'>): boolean {
  return outcome === 'killed' || outcome === 'timed-out'
}

function isLaterThan(sign: number, { at }: ToldEnd): boolean {
  return sign > at + SLACK_MS
}

function lateSign(sign: number, { at }: ToldEnd): string {
  return `alive: gave a sign of life ${Math.round(sign - at)} ms after its end was told`
}

export function describeTold({ outcome, exitCode, signal, by }: ToldEnd): string {
  return [outcome, exitCode, signal, by].filter((part) => part !== null).join(' ')
}
