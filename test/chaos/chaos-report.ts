import { addMinutes, type Minute, startOf } from '../../src/domain/minute.ts'
import type { RunId } from '../../src/domain/run.ts'
import type { ChaosLab } from './chaos-lab.ts'
import type { ChaosOptions } from './chaos-run.ts'
import type { FaultTally } from './fault-tally.ts'
import { readHostJournal } from './host-journal.ts'
import { JOBS } from './jobs.ts'
import type { Evidence, Violation } from './judge/evidence.ts'
import { judge } from './judge/judge.ts'
import { type SilentFiring, silentFirings } from './judge/judge-silence.ts'
import { endsOf, readTale } from './tale.ts'

/** What a chaos run came to. */
export type ChaosReport = {
  readonly seed: number
  /** Faults that struck; what lay in wait in vain is not among them. */
  readonly faults: number
  readonly faultsByKind: Readonly<Record<string, number>>
  readonly minutes: number
  /** Jobs of minutes that rcron told something of. */
  readonly firings: number
  /** Runs that their hosts saw begin. */
  readonly runs: number
  /** Jobs of minutes of which nothing was told. A violation where one daemon lived through the minute; else only to be counted. */
  readonly silentFirings: readonly SilentFiring[]
  readonly outcomes: Readonly<Record<string, number>>
  readonly unknownPeriods: number
  readonly foundAgain: number
  readonly adopted: number
  readonly daemons: number
  readonly ticks: number
  /** Outcomes told a second time, alike, by another process after one that was killed. */
  readonly toldAgain: number
  readonly violations: readonly (Violation & { readonly evidence: readonly string[] })[]
}

export type Ended = {
  readonly options: ChaosOptions
  readonly lab: ChaosLab
  readonly faults: FaultTally
  readonly unsettled: readonly string[]
  readonly minutes: { readonly first: Minute; readonly last: Minute }
}

export function reportOf(ended: Ended): ChaosReport {
  const { options, lab, faults } = ended
  const evidence = evidenceOf(ended)
  const { tale, minutes } = evidence
  const silent = silentFirings(evidence)
  const ends = endsOf(tale)
  return {
    seed: options.seed,
    faults: faults.total,
    faultsByKind: faults.byKind,
    minutes: minutes.length,
    firings: minutes.length * JOBS.length - silent.length,
    silentFirings: silent,
    runs: evidence.hosts.size,
    outcomes: countBy(ends.map(({ outcome }) => outcome)),
    unknownPeriods: tale.counts.unknown,
    foundAgain: tale.counts.found,
    adopted: tale.counts.adopted,
    daemons: lab.daemon.count,
    ticks: lab.ticks.all.length,
    toldAgain: ends.length - new Set(ends.map(({ run }) => run)).size,
    violations: violationsOf(ended, evidence).map((violation) => ({
      ...violation,
      evidence: violation.run === null ? [] : excerptOf(lab, evidence, violation.run),
    })),
  }
}

function evidenceOf({ lab, minutes: { first, last } }: Ended): Evidence {
  const machineTimeOf = (told: number) => lab.clock.machineTimeOf(told)
  return {
    hosts: readHostJournal(lab.journal),
    tale: readTale(lab.log, machineTimeOf),
    jobs: JOBS,
    beganAt: (minute) => machineTimeOf(startOf(minute)),
    minutes: Array.from({ length: last - first + 1 }, (_, index) => addMinutes(first, index)),
    disabledAt: lab.disabledAt ?? Number.POSITIVE_INFINITY,
    lives: lab.daemon.lives(machineTimeOf),
    kills: timesOf(lab, 'killedAt'),
    exits: timesOf(lab, 'endedAt'),
    diskFaults: lab.disk.faults,
    byHand: lab.ticks.byHand,
    rows: lab.rows(),
  }
}

function violationsOf({ lab, unsettled }: Ended, evidence: Evidence): readonly Violation[] {
  const plain = (rule: string, texts: readonly string[]) => texts.map((text) => ({ rule, run: null, text }))
  return [
    ...judge(evidence),
    ...lab.ghosts.ghosts.map(({ run, pids }) => ({
      rule: 'ghost',
      run,
      text: `alive after it was told as killed: pids ${pids.join(', ')}`,
    })),
    ...plain('bug', evidence.tale.bugs),
    ...plain('daemon', lab.daemon.wrongs),
    ...plain('tick', lab.ticks.wrongs),
    ...plain('unsettled', unsettled),
  ]
}

/** What the host saw of that run, and what the daemons said. */
function excerptOf(lab: ChaosLab, { hosts }: Evidence, run: RunId): readonly string[] {
  const said = lab.log
    .filter(({ event }) => JSON.stringify(event).includes(run))
    .map(({ teller, event }) => `process ${teller} ${JSON.stringify(event).slice(0, 600)}`)
  return [JSON.stringify(hosts.get(run) ?? `${run} was not seen by its host`), ...said]
}

/** By the number of the process. */
function timesOf({ daemon, ticks }: ChaosLab, which: 'killedAt' | 'endedAt'): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  for (const process of [...daemon.processes, ...ticks.all]) {
    const at = process[which]
    if (at !== null) times.set(process.number, at)
  }
  return times
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]).sort())
}
