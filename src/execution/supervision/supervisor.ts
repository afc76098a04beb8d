import type { Run } from '../../domain/run.ts'
import type { AdoptedRun, ClaimPolicy, Executor, RunningRun, RunWatch } from '../executor.ts'
import { RunContact } from './run-contact.ts'
import type { SupervisionParts } from './run-start.ts'
import { SupervisedRun } from './supervised-run.ts'

/** Starts runs on hosts that answer for them, and takes up runs that an earlier process started. */
export function createSupervisor(parts: SupervisionParts): Executor {
  return {
    start: (run, watch, keeping) => startSupervised(parts, run, watch, keeping),
    adopt: (adopted, watch) => adoptSupervised(parts, adopted, watch),
  }
}

function startSupervised(
  parts: SupervisionParts,
  { id, cron }: Run,
  watch: RunWatch,
  keeping: ClaimPolicy | undefined,
): RunningRun {
  const { system, auth, command, keepOutput, timeoutMs, killGraceMs } = cron
  const access = { system, auth }
  const ownConnection = cron.ownConnection || cron.action === 'clobber'
  const running = new SupervisedRun(parts, {
    id,
    contact: new RunContact({ watch, trace: null, ownConnection, isAdopted: false }),
    access: () => access,
    timeoutMs,
    killGraceMs,
    ownConnection,
    beginning: { kind: 'start', order: { access, command, job: cron.name, keepOutput, ownConnection, keeping } },
  })
  watch.prints?.(running.heard)
  return running
}

function adoptSupervised(parts: SupervisionParts, adopted: AdoptedRun, watch: RunWatch): RunningRun {
  const { id, trace, startedAt, unknownSince, killedBy, access, timeoutMs, killGraceMs, ownConnection } = adopted
  return new SupervisedRun(parts, {
    id,
    contact: new RunContact({ watch, trace, ownConnection, isAdopted: true }),
    access,
    timeoutMs,
    killGraceMs,
    ownConnection,
    beginning: { kind: 'take-up', startedAt, unknownSince, killedBy },
  })
}
