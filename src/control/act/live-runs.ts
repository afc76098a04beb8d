import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import type { Stage } from '../../dispatch/plan-stage.ts'
import { jobOfKey } from '../../domain/job.ts'
import { MS_PER_MINUTE } from '../../domain/minute.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { LiveRun } from '../schemas.ts'

/** By what a run is described: the zone of its job, and the time now. */
export type Describing = { readonly zoneOfCron: (id: number | null) => string; readonly now: number }

/** What is known of an active run, for those who look. */
export function liveRunOf(active: ActiveRun, { zoneOfCron, now }: Describing): LiveRun {
  const { present, startedAt } = active
  const { action, name } = jobOfKey(active.job)
  const cron = present?.cron ?? active.crons[0] ?? null
  const zone = zoneOf(zoneOfCron(cron))
  return {
    run: active.id,
    job: name,
    action,
    cron,
    host: present?.host ?? null,
    port: present?.port ?? null,
    user: present?.user ?? null,
    minute: formatInstant(active.minute * MS_PER_MINUTE, zone),
    started: startedAt === null ? null : formatInstant(startedAt, zone),
    elapsedMs: startedAt === null ? null : Math.max(0, now - startedAt),
    pid: active.trace?.pid ?? null,
    ...stateOf(active.stage),
    attempt: present?.attempt ?? null,
    isElsewhere: active.state === 'elsewhere',
  }
}

function stateOf(stage: Stage): Pick<LiveRun, 'state' | 'reason'> {
  switch (stage.kind) {
    case 'beginning':
      return { state: 'waiting', reason: 'it is about to begin' }
    case 'queued':
      return { state: 'waiting', reason: stage.why }
    case 'handed-over':
      return { state: 'starting', reason: 'its host has not begun it yet' }
    case 'running':
      return { state: 'running', reason: null }
    case 'unknown':
      return { state: 'unknown', reason: stage.why }
    default:
      return stage satisfies never
  }
}
