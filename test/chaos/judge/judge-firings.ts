import type { Action } from '../../../src/domain/action.ts'
import type { HostRun } from '../host-journal.ts'
import type { ToldEnd } from '../tale.ts'
import {
  type Evidence,
  endsByRun,
  isDiskSickAt,
  isKnownToItsHostAlone,
  jobOf,
  laneOf,
  SLACK_MS,
  type Violation,
} from './evidence.ts'
import { isKill } from './judge-runs.ts'

/** A run that its host saw begin, with what rcron told of it. */
type Known = {
  readonly seen: HostRun
  readonly told: ToldEnd
  readonly action: Action
  readonly start: number
}

/** What runs of one job owe each other: a firing is carried out to one end, and nothing begins beside what it must not overlap. */
export function judgeFirings(evidence: Evidence): readonly Violation[] {
  const known = knownRuns(evidence)
  const walks = known.filter(({ action }) => action !== 'all')
  const firings = Map.groupBy(walks, ({ told }) => `${told.job} ${told.minute}`)
  const lanes = Map.groupBy(known, ({ told }) => laneOf(evidence, told))
  return [
    ...[...firings.values()].flatMap(judgeWalk),
    ...[...lanes.values()].flatMap((runs) => judgeOverlaps(evidence, runs)),
    ...judgeRepeats(known),
  ]
}

function knownRuns(evidence: Evidence): readonly Known[] {
  const told = endsByRun(evidence)
  return [...evidence.hosts.values()]
    .flatMap((seen) => {
      const end = told.get(seen.id)?.[0]
      const action = jobOf(evidence, { job: seen.job })?.action
      const start = seen.starts[0]
      const isUnknown = end !== undefined && isKnownToItsHostAlone(evidence, seen, end)
      return end === undefined || action === undefined || start === undefined || isUnknown
        ? []
        : [{ seen, told: end, action, start }]
    })
    .sort((one, other) => one.start - other.start)
}

/** On to the next host only after a run that failed by itself, or was confirmed dead when its time was over. */
function judgeWalk(runs: readonly Known[]): readonly Violation[] {
  return runs.slice(0, -1).flatMap(({ seen, told }, index) => {
    const next = runs[index + 1]
    const hasFailed = seen.ends[0] !== undefined && seen.ends[0].status !== 0
    if (hasFailed || hasBeenEnded(told) || next === undefined) return []
    return [
      {
        rule: 'carried out twice',
        run: seen.id,
        text: `carried out twice: ${told.job} went on to run ${next.seen.id} after this one, which was told as ${told.outcome}`,
      },
    ]
  })
}

/** A signal is what is left to be told of a run whose time was over where its daemon died meanwhile. */
function hasBeenEnded({ outcome }: ToldEnd): boolean {
  return outcome === 'timed-out' || outcome === 'signaled'
}

/** What is told as killed has to be dead with all its processes before the next one begins. */
function judgeOverlaps(evidence: Evidence, runs: readonly Known[]): readonly Violation[] {
  return runs.slice(1).flatMap(({ seen: later, told: laterTold, start }, index) => {
    const before = runs.slice(Math.max(0, index - 10), index + 1)
    return before.flatMap(({ seen, told, action, start: earlierStart }) => {
      // Of runs of action all that have no lock, another process cannot know.
      const isUnknown = action === 'all' && told.teller !== laterTold.teller && isDiskSickAt(evidence, earlierStart)
      if (isUnknown) return []
      const lastSign = isKill(told) ? seen.lastSignOfAny : seen.lastSign
      if (lastSign <= start + SLACK_MS) return []
      const text = `overlap: run ${later.id} of ${told.job} began ${Math.round(lastSign - start)} ms before the last sign of life of this one`
      return [{ rule: 'overlap', run: seen.id, text }]
    })
  })
}

/** A cron runs once in a minute at most. */
function judgeRepeats(runs: readonly Known[]): readonly Violation[] {
  const turns = Map.groupBy(runs, ({ told }) => `${told.cron} ${told.minute}`)
  return [...turns.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      rule: 'repeated',
      run: same[0]?.seen.id ?? null,
      text: `repeated: one cron ran ${same.length} times in one minute: ${same.map(({ seen }) => seen.id).join(', ')}`,
    }))
}
