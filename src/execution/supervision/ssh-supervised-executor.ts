import type { Log } from '../../platform/log/log.ts'
import type { Executor } from '../executor.ts'
import { SessionRunHosts, type SessionRunHostsParts } from './session-run-hosts.ts'
import { SpoolNotices } from './spool-notices.ts'
import { createSupervisor } from './supervisor.ts'

/** What supervised runs are carried out with. */
export type SupervisedExecutorParts = Omit<SessionRunHostsParts, 'answerMs'> & {
  /** From the beginning of a session to the host's answer. */
  readonly execAnswerMs: number
  /** Milliseconds of silence after which a run counts as lost. */
  readonly lostAfterMs: number
  /** Told where a host cannot keep what supervision needs. */
  readonly log: Log
}

/**
 * Runs commands so that their hosts answer for them: each is claimed and marked on its host, survives its connection, is found again
 * and is ended for certain. Needs a POSIX shell at the login, and nothing installed.
 */
export function createSupervisedExecutor(parts: SupervisedExecutorParts): Executor {
  const { clock, execAnswerMs, lostAfterMs, log } = parts
  const spools = new SpoolNotices(log)
  const hosts = new SessionRunHosts({ ...parts, answerMs: execAnswerMs })
  return createSupervisor({
    hosts,
    clock,
    lostAfterMs,
    preambleMs: execAnswerMs,
    random: Math.random,
    noteSpool: (access, place) => spools.note(access, place),
  })
}
