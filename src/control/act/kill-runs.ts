import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import type { Dispatcher } from '../../dispatch/dispatcher.ts'
import { jobOfKey } from '../../domain/job.ts'
import type { RunId } from '../../domain/run.ts'
import type { Clock } from '../../platform/clock.ts'
import { ControlFault } from '../faults.ts'
import type { KillReport } from '../schemas.ts'
import type { EndedRuns } from './ended-runs.ts'

/** What ends runs, and knows how they ended. */
export type KillRunsParts = {
  readonly clock: Clock
  readonly dispatcher: Pick<Dispatcher, 'active' | 'kill'>
  readonly ended: EndedRuns
}

type Report = KillReport['items'][number]

/** Ends these runs by an operator's will, all at once; each is answered for when it is dead, or not known to be. */
export async function killRuns(ids: readonly RunId[], parts: KillRunsParts): Promise<KillReport> {
  const active = [...parts.dispatcher.active]
  // A firing may have gone on to its next host since somebody saw it.
  const found = ids.map((id) => ({ id, run: active.find((run) => run.isCalled(id)) }))
  return { items: await Promise.all(found.map(({ id, run }) => killRun(id, run, parts))) }
}

async function killRun(id: RunId, active: ActiveRun | undefined, parts: KillRunsParts): Promise<Report> {
  const { clock, dispatcher, ended } = parts
  if (active === undefined) return overAlready(id, ended)
  const { job, present } = active
  const before = clock.monotonic()
  const death = await dispatcher.kill(active, 'operator')
  return {
    run: active.id,
    job: jobOfKey(job).name,
    host: present?.host ?? null,
    isConfirmed: death.kind === 'dead',
    reason: death.kind === 'dead' ? null : death.reason,
    outcome: ended.describe(active.id),
    tookMs: Math.round(clock.monotonic() - before),
  }
}

/** Between the look and the kill it may have ended by itself. */
function overAlready(id: RunId, ended: EndedRuns): Report {
  const outcome = ended.describe(id)
  if (outcome === null) throw new ControlFault('NOT_FOUND', `run ${id} is not active`, '"rcron ps" shows what is.')
  return { run: id, job: '', host: null, isConfirmed: true, reason: null, outcome, tookMs: 0 }
}
