import type { RunLock } from '../../dispatch/locks/run-locks.ts'

/** `cron 5 "dump" has a run under way on db1 since …: it continues, …`. */
export function describeActiveRun(lock: RunLock, further: string): string {
  const { cronId, cronName, run, host, startedAt, isWaiting, unknownSince } = lock
  const since = new Date(startedAt).toISOString()
  const state = isWaiting ? `waiting to start on ${host}` : `active on ${host}`
  const doubt = unknownSince === null ? '' : `, out of contact since ${new Date(unknownSince).toISOString()}`
  return `cron ${cronId} ${JSON.stringify(cronName)} has a run ${state} since ${since} (${run})${doubt}: it continues, ${further}`
}
