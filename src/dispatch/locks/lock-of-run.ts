import type { Cron } from '../../domain/cron.ts'
import { jobKey } from '../../domain/job.ts'
import type { SystemRow } from '../../domain/rows.ts'
import type { Run } from '../../domain/run.ts'
import type { RunFacts } from '../../domain/run-event.ts'
import type { AdoptedRun } from '../../execution/executor.ts'
import { fieldsOf } from '../../history/log-lines.ts'
import type { Access } from '../../hosts/target.ts'
import type { LogFields } from '../../platform/log/log.ts'
import type { ActiveFacts } from '../plan-firing.ts'
import type { Stage } from '../plan-stage.ts'
import type { RunLock } from './run-locks.ts'

/** What a lock says of a run besides the run itself. */
export type LockFacts = Pick<RunLock, 'startedAt' | 'series' | 'rest' | 'isWaiting' | 'isForced'>

/** What is written down before `run` is handed over. */
export function lockOfRun(
  { id, cron, minute }: Run,
  { startedAt, series, rest, isWaiting, isForced }: LockFacts,
): RunLock {
  return {
    run: id,
    cronId: cron.id,
    cronName: cron.name,
    systemId: cron.system.id,
    authId: cron.auth.id,
    host: cron.system.host,
    port: cron.system.port,
    localPort: cron.system.local_port,
    user: cron.auth.user,
    command: cron.command,
    action: cron.action,
    minute,
    series,
    rest,
    isWaiting,
    ...(isForced === true && { isForced }),
    startedAt,
    timeoutMs: cron.timeoutMs,
    killGraceMs: cron.killGraceMs,
    ownConnection: ownsConnection(cron),
    trace: null,
    unknownSince: null,
    killedBy: null,
    notRun: null,
  }
}

/** What the run of `lock` occupies while it is active: its job, its row, and those that would be tried after it. */
export function activeFactsOf(lock: RunLock): ActiveFacts {
  const { run, cronId, cronName, action, minute, rest, isWaiting } = lock
  const job = jobKey({ name: cronName, action })
  return { id: run, job, minute, crons: [cronId, ...rest], isWaiting, stage: stageOf(lock), present: { cron: cronId } }
}

/** How far the run had come when its lock was written. */
export function stageOf({ isWaiting, startedAt, unknownSince }: RunLock): Stage {
  if (isWaiting) return { kind: 'queued', since: startedAt, why: null }
  if (unknownSince !== null) return { kind: 'unknown', since: unknownSince, why: null }
  return { kind: 'running', since: startedAt }
}

/** What the executor needs to take up the run of `lock`. Once found, a way in is kept: the rows may be removed before the run ends. */
export function adoptedRunOf(lock: RunLock, accessTo: AccessTo): AdoptedRun {
  const { run, command, trace, startedAt, timeoutMs, killGraceMs, unknownSince, killedBy } = lock
  const ownConnection = lock.ownConnection ?? ownsConnection({ ownConnection: false, action: lock.action })
  let known: Access | null = null
  const access = () => {
    known = accessOf(lock, accessTo) ?? known
    return known
  }
  return { id: run, command, trace, startedAt, timeoutMs, killGraceMs, ownConnection, unknownSince, killedBy, access }
}

/** The present rows of a system and an auth; null if one of them is gone. */
export type AccessTo = (systemId: number, authId: number) => Access | null

/** A clobber must reach the control group on the host, which is a connection's. */
function ownsConnection({ ownConnection, action }: Pick<Cron, 'ownConnection' | 'action'>): boolean {
  return ownConnection || action === 'clobber'
}

/** A row that has come to mean another machine or account is no way to the run. */
function accessOf(lock: RunLock, accessTo: AccessTo): Access | null {
  const access = accessTo(lock.systemId, lock.authId)
  return access !== null && isSameMachine(lock, access.system) && access.auth.user === lock.user ? access : null
}

function isSameMachine({ host, port, localPort }: RunLock, system: SystemRow): boolean {
  return system.host === host && system.port === port && (localPort === null || system.local_port === localPort)
}

/** The stable fields that name a run in the log, by its lock. */
export function fieldsOfLock(lock: RunLock): LogFields {
  return fieldsOf(runFactsOfLock(lock))
}

/** What its lock says of a run. */
export function runFactsOfLock(lock: RunLock): RunFacts {
  const { run: id, cronId: cron, cronName, action, minute, series, host, port, user, rest } = lock
  const firing = { job: { name: cronName, action }, minute, series, how: null }
  const unknown = { attempt: null, waitMs: 0, isAdopted: false }
  return { id, firing, cron, host, port, user, hostsLeft: rest.length, ...unknown }
}
