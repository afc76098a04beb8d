import type { Snapshot } from '../../definitions/snapshot.ts'
import { jobKey } from '../../domain/job.ts'
import { describeReported } from '../../domain/problem.ts'
import { describeExplanation, type Explanation } from '../../minutes/explain-minute.ts'
import type { TableColumn } from '../cli/table.ts'
import { foldProblems } from '../shared/fold-problems.ts'
import { foldedNames } from '../shared/folded-names.ts'
import { severalOf } from '../shared/several-of.ts'

/** One line of what a tick would do. */
export type ExplainedRow = Readonly<Record<'cron' | 'job' | 'action' | 'host' | 'user' | 'command' | 'reason', unknown>>

export const EXPLAINED_COLUMNS: readonly TableColumn[] = [
  { heading: 'cron', leaves: 4 },
  { heading: 'job' },
  { heading: 'action', leaves: 3 },
  { heading: 'host', leaves: 5 },
  { heading: 'user', leaves: 2 },
  { heading: 'command', leaves: 1, isCut: true },
  { heading: 'what happens', isLong: true },
]

const OF_NO_CRON = { cron: null, job: null, action: null, host: null, user: null, command: null }

/** Of one cron, or of one row that cannot be used. */
export function explainedRow(explanation: Explanation, snapshot: Snapshot): ExplainedRow {
  const { cron } = explanation
  const reason = reasonOf(explanation, snapshot)
  if (cron === null) return { ...OF_NO_CRON, reason }
  const { id, name, action, system, auth, command } = cron
  return { cron: id, job: name, action, host: system.host, user: auth.user, command, reason }
}

/** One row for all crons of which the same is to be said: of what is due job by job, with the hosts in their order. Pure. */
export function foldExplanations(explanations: readonly Explanation[], snapshot: Snapshot): readonly ExplainedRow[] {
  const ofCrons = explanations.flatMap((explanation) => {
    const { cron } = explanation
    return cron === null
      ? []
      : [{ explanation: { ...explanation, cron } as OfCron, row: explainedRow(explanation, snapshot) }]
  })
  const alike = Map.groupBy(ofCrons, ({ explanation, row }) => keyOf(explanation, row))
  const errors = snapshot.problems.filter(({ severity }) => severity === 'error')
  return [
    ...[...alike.values()].map(foldedRow),
    ...foldProblems(errors).map((problem) => ({ ...OF_NO_CRON, reason: describeReported(problem) })),
  ]
}

type OfCron = Exclude<Explanation, { readonly cron: null }>
type Explained = { readonly explanation: OfCron; readonly row: ExplainedRow }

function keyOf(explanation: OfCron, { reason }: ExplainedRow): string {
  const { kind, cron } = explanation
  const isOfAny = kind === 'not-due' || kind === 'disabled'
  // They wait for each other, each for one more.
  return JSON.stringify([kind, isOfAny ? null : jobKey(cron), kind === 'stands-by' ? null : reason])
}

function foldedRow(alike: readonly Explained[]): ExplainedRow {
  const [first] = alike
  const distinct = (name: keyof ExplainedRow) => [...new Set(alike.map(({ row }) => row[name]))]
  const hosts = distinct('host').map(String)
  const isDue = first?.explanation.kind !== 'not-due' && first?.explanation.kind !== 'disabled'
  const isChain = first?.explanation.kind === 'stands-by' && alike.length > 1
  return {
    cron: severalOf(distinct('cron')),
    job: foldedNames(distinct('job').map(String)),
    action: severalOf(distinct('action')),
    host: isDue ? foldedNames(hosts) : severalOf(hosts),
    user: severalOf(distinct('user')),
    command: severalOf(distinct('command')),
    reason: isChain ? 'run one after the other if those before them in the job fail' : first?.row.reason,
  }
}

function reasonOf(explanation: Explanation, { schedules }: Snapshot): string {
  const said = describeExplanation(explanation)
  const isOfBoot = explanation.kind === 'not-due' && schedules.get(explanation.cron.id)?.reboot === true
  return isOfBoot ? `${said}: runs once after each boot of this machine` : said
}
