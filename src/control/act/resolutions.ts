import type { ActiveFacts } from '../../dispatch/plan-firing.ts'
import { describeStage } from '../../dispatch/plan-stage.ts'
import { OperatorError } from '../../domain/errors.ts'
import type { Resolution } from '../../domain/history/plan-resolution.ts'
import { jobOfKey } from '../../domain/job.ts'
import type { Resolved } from '../../store/history/resolve-run.ts'
import { ControlFault } from '../faults.ts'
import type { ResolutionOrder, ResolutionReport } from '../schemas.ts'

/** What is asked before a run is resolved, and where that is written. */
export type ResolutionParts = {
  readonly active: Iterable<ActiveFacts>
  /** Rejects while the store is away. */
  readonly resolveRun: (id: string, resolution: Resolution) => Promise<Resolved>
}

/**
 * Gives a lost run the end that somebody knows of. One that is active has a lock, and may be alive: its end is not for anybody to say, and
 * nothing may take its place before it is proven. Rejects with a ControlFault where it is not done.
 */
export async function resolve(order: ResolutionOrder, by: string, parts: ResolutionParts): Promise<ResolutionReport> {
  const { run, as, reason } = order
  for (const active of parts.active) if (active.id.startsWith(run)) throw stillActive(active)
  const resolved = await resolvedIn(parts, run, { as, reason, by })
  switch (resolved.kind) {
    case 'resolved': {
      const { before, after } = resolved
      return {
        run: after.id,
        job: after.job.name,
        host: after.host,
        was: { outcome: before.kind, code: before.code, reason: before.reason },
        became: { outcome: after.kind, code: after.code, reason: after.reason },
      }
    }
    case 'not-lost':
      throw new ControlFault(
        'REFUSED',
        `run ${resolved.run.id} of ${resolved.run.job.name} is not lost: ${resolved.run.kind} (${resolved.run.code})`,
        'Only a run whose end could not be learnt is resolved.',
      )
    case 'ambiguous':
      throw new ControlFault('AMBIGUOUS', `${run}: several runs have ids that begin so`, 'Give more of it.')
    case 'unknown':
      throw new ControlFault('NOT_FOUND', `${run}: no run in the history has an id that begins so`, HINT)
    default:
      return resolved satisfies never
  }
}

const HINT = '"rcron history JOB" and "rcron failed" show the runs.'

async function resolvedIn({ resolveRun }: ResolutionParts, run: string, resolution: Resolution): Promise<Resolved> {
  try {
    return await resolveRun(run, resolution)
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    throw new ControlFault('STORE', `nothing was changed: ${error.message}`, error.hint)
  }
}

function stillActive(active: ActiveFacts): ControlFault {
  const { name } = jobOfKey(active.job)
  return new ControlFault(
    'REFUSED',
    `run ${active.id} of ${name} counts as active, and may be alive: ${describeStage(active)}`,
    `"rcron kill ${active.id.slice(0, 8)}" ends it. Out of contact it counts as lost after RCRON_LOST_AFTER_HOURS, and can be resolved then.`,
  )
}
