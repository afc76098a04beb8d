import { ACTIONS, type Action } from './action.ts'
import type { Cron } from './cron.ts'
import type { Minute } from './minute.ts'

/** All crons that share a name and an action. */
export type Job = {
  readonly name: string
  readonly action: Action
}

/** Equal for two crons exactly when they belong to the same job. */
export function jobKey(job: Job): string {
  return `${job.action}:${job.name}`
}

/** The job whose `jobKey` that is. */
export function jobOfKey(key: string): Job {
  const at = key.indexOf(':')
  return { action: ACTIONS.find((action) => action === key.slice(0, at)) ?? 'failover', name: key.slice(at + 1) }
}

/** A job that is due in one minute, with its due crons in the order they were provided (id). */
export type Firing = {
  readonly job: Job
  readonly minute: Minute
  readonly crons: readonly Cron[]
}

/** How a firing came about. `catch-up`: later than its minute. `manual`: an operator asked for it. */
export type FiringTrigger = 'schedule' | 'catch-up' | 'manual'
