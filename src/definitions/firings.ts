import type { Cron } from '../domain/cron.ts'
import { type Firing, jobKey } from '../domain/job.ts'
import type { Minute } from '../domain/minute.ts'
import { dueRows } from '../schedule/due-rows.ts'
import type { Snapshot } from './snapshot.ts'

/** The jobs that are due in `minute`, each with its due crons in order of id; in the order of their first crons. */
export function firingsIn({ table, enabled }: Snapshot, minute: Minute): readonly Firing[] {
  const due = dueRows(table, minute).flatMap((index) => enabled[index] ?? [])
  return groupByJob(due, minute)
}

/** The jobs that are due once after a boot (`@reboot`), as firings of `minute`. */
export function rebootFirings({ enabled, schedules }: Snapshot, minute: Minute): readonly Firing[] {
  const due = enabled.filter(({ id }) => schedules.get(id)?.reboot === true)
  return groupByJob(due, minute)
}

function groupByJob(crons: readonly Cron[], minute: Minute): readonly Firing[] {
  const jobs = Map.groupBy(crons, jobKey)
  return [...jobs.values()].flatMap((members): readonly Firing[] => {
    const [first] = members
    return first === undefined ? [] : [{ job: { name: first.name, action: first.action }, minute, crons: members }]
  })
}
