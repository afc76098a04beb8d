import { ACTIONS } from '../../domain/action.ts'
import { type Job, jobKey } from '../../domain/job.ts'
import { minuteOf } from '../../domain/minute.ts'
import { describeTime } from './describe-time.ts'
import type { OpenStore } from './open-store.ts'

/** In which zone times of a job are printed, and read: its own, else rcron's. */
export type JobTimes = {
  readonly zoneOfJob: (job: Job) => string
  /** The same of the jobs of one name; rcron's where they differ, or it is of several names, or of none. */
  readonly zoneOfNames: (names: readonly string[]) => string
}

/** An instant, in epoch milliseconds, as the local time of a zone, to the minute. */
export type LocalMoment = (at: number, zone: string) => string

export const localMoment: LocalMoment = (at, zone) => describeTime(minuteOf(at), zone)

/** Reads which jobs have a zone of their own. */
export async function loadJobTimes({ store, settings }: Pick<OpenStore, 'store' | 'settings'>): Promise<JobTimes> {
  return jobTimes(await store.jobZones(), settings.config.timezone)
}

export function jobTimes(zones: ReadonlyMap<string, string>, timezone: string): JobTimes {
  const zoneOfJob = (job: Job) => zones.get(jobKey(job)) ?? timezone
  return {
    zoneOfJob,
    zoneOfNames: (names) => {
      const own = ACTIONS.flatMap((action) => zones.get(jobKey({ name: names[0] ?? '', action })) ?? [])
      return names.length === 1 && new Set(own).size === 1 ? (own[0] ?? timezone) : timezone
    },
  }
}
