import type { RemoteCommand } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import { within } from '../../platform/waiting/within.ts'
import type { KillConfirmation } from '../executor.ts'

/** How long a kill takes its steps. */
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
): Promise<KillConfirmation> {
  command.signal('TERM')
  if ((await within(clock, graceMs, command.ended)) === null) {
    command.signal('KILL')
    await within(clock, killMs, command.ended)
  }
  command.close('the host did not report its end and its session was closed; it may still be running')
  const end = await command.ended
  return end.kind === 'broken' ? { kind: 'unconfirmed', reason: end.reason } : { kind: 'dead' }
}
