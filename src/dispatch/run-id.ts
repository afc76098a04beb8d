import { createHash, randomBytes } from 'node:crypto'
import type { Cron } from '../domain/cron.ts'
import { jobKey } from '../domain/job.ts'
import type { Minute } from '../domain/minute.ts'
import type { Run, RunId } from '../domain/run.ts'

/** What names a scheduled run: equal parts give equal ids, so that a restarted or a second daemon names the same run the same. */
export type RunName = {
  /** 32 hex digits: the installation's, made once for each state directory; or a manual firing's own, since those may repeat a minute. */
  readonly series: string
  readonly cronId: number
  readonly minute: Minute
  /** From 1, for each start of the same cron in the same minute. */
  readonly attempt: number
}

export function runIdOf({ series, cronId, minute, attempt }: RunName): RunId {
  return createHash('sha256').update(`${series},${cronId},${minute},${attempt}`).digest('hex').slice(0, 32)
}

/** The runs of a firing, one of each of `crons`. Made once, where it is adopted: what waits goes by the id of what then begins. */
export function runsOf(
  { minute, series }: Omit<RunName, 'cronId' | 'attempt'>,
  crons: readonly Cron[],
): readonly Run[] {
  return crons.map((cron) => ({ id: runIdOf({ series, cronId: cron.id, minute, attempt: 1 }), cron, minute }))
}

/** Equal for the runs of an installation that exclude each other: those of a job, or of one row where each row runs independently. */
export function exclusionOf(installation: string, cron: Pick<Cron, 'id' | 'name' | 'action'>): string {
  const of = cron.action === 'all' ? `row ${cron.id}` : `job ${jobKey(cron)}`
  return createHash('sha256').update(`${installation},${of}`).digest('hex').slice(0, 32)
}

/** The series of one manual firing. */
export function randomSeries(): string {
  return randomBytes(16).toString('hex')
}
