import type { RemoteCommand } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Death } from '../executor.ts'

export type KillTimings = {
  /** Milliseconds between TERM and KILL. */
  readonly graceMs: number
  /** Milliseconds from KILL to giving up. */
  readonly killMs: number
}

/**
 * Ends a command of which only its session is known: asks the host to send TERM, then KILL, then closes the session. Only the
 * host's own report of the end proves a death: many hosts ignore such requests, and closing a session ends a command on some
 * kinds of host and leaves it running on others.
 */
export async function killPlainly(
  command: RemoteCommand,
  { graceMs, killMs }: KillTimings,
  clock: Pick<Clock, 'sleep'>,
): Promise<Death> {
  command.signal('TERM')
  if (!(await endsWithin(command, graceMs, clock))) {
    command.signal('KILL')
    await endsWithin(command, killMs, clock)
  }
  command.close('the host did not report its end and its session was closed; it may still be running')
  const end = await command.ended
  return end.kind === 'broken' ? { kind: 'unconfirmed', reason: end.reason } : { kind: 'dead' }
}

async function endsWithin(command: RemoteCommand, ms: number, clock: Pick<Clock, 'sleep'>): Promise<boolean> {
  const waiting = new AbortController()
  const ended = command.ended.then(() => true)
  const isEnded = await Promise.race([ended, clock.sleep(ms, waiting.signal).then(() => false)])
  waiting.abort()
  return isEnded
}
