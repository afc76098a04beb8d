import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import type { HandoverUnknown, NotHandedOver, UnreachableCause } from '../../hosts/handover.ts'
import { describeUnexpectedEnd } from './ask-host.ts'
import type { ProbeAnswer } from './run-probe.ts'

/** Why a login does not work, and what to do. */
export type Failure = { readonly reason: string; readonly remedy: string | null }

/** What the login was tried with. */
export type LoginAttempt = {
  readonly system: SystemRow
  readonly auth: AuthRow
  readonly port: number
  readonly isLocalPort: boolean
  readonly ownName: string
}

/** What keeps the command from running, with the remedy that fits. */
export function failureOf(answer: NotHandedOver | HandoverUnknown, attempted: LoginAttempt): Failure {
  switch (answer.kind) {
    case 'unreachable':
      return { reason: inFull(answer), remedy: remedyToReach(answer.cause ?? null, attempted) }
    case 'refused':
      return { reason: inFull(answer), remedy: remedyOfRefusal(answer.by, attempted) }
    case 'unknown':
      return {
        reason: answer.reason,
        remedy: 'check the log of its sshd, and whether a start-up file of its shell hangs',
      }
    default:
      return answer satisfies never
  }
}

function inFull({ reason, detail }: NotHandedOver): string {
  return detail === undefined ? reason : `${reason}: ${detail}`
}

function remedyToReach(cause: UnreachableCause | null, attempted: LoginAttempt): string | null {
  const edit = `rcron system edit ${attempted.system.id}`
  switch (cause) {
    case 'unknown-name':
      return `correct the name with "${edit} --host", or add it to DNS or /etc/hosts`
    case 'legacy-algorithms':
      return `${edit} --legacy-algorithms 1`
    // Its reason says what its sshd is to offer.
    case 'no-common-algorithm':
      return null
    case 'slow-login':
      return `"${edit} --login-timeout 60" gives its login more time`
    case null:
      return remedyOnTheWay(edit, attempted)
    default:
      return cause satisfies never
  }
}

function remedyOnTheWay(edit: string, { port, isLocalPort, ownName }: LoginAttempt): string {
  if (isLocalPort) {
    return `its local_port is used, since rcron (${ownName}) is in its domain: check that sshd listens on ${port}, set another with "${edit} --local-port", or set RCRON_HOSTNAME`
  }
  return `check that sshd runs there and listens on port ${port}, and that no firewall blocks it: "${edit} --port" sets another`
}

function remedyOfRefusal(by: Extract<NotHandedOver, { kind: 'refused' }>['by'], { auth }: LoginAttempt): string | null {
  switch (by) {
    case 'authentication':
    case 'login':
      return `check that the host lets ${auth.user} in with this secret (authorized_keys, its sshd's log); "rcron auth edit ${auth.id}" gives another`
    case 'exec':
      return `let the account of ${auth.user} run commands: see its login shell and its sshd's configuration`
    // Their reasons say what to do.
    case 'host-key':
    case 'credential':
      return null
    default:
      return by satisfies never
  }
}

/** What is wrong with how the command ended; null if nothing is. */
export function failureOfEnd(
  ended: Extract<ProbeAnswer, { kind: 'ended' }>,
  { id, supervise }: SystemRow,
): Failure | null {
  const { end, isEchoed } = ended
  if (isEchoed && end.kind !== 'broken') return null
  if (end.kind === 'broken') {
    return {
      reason: `logged in, but ${end.reason}`,
      remedy: 'check whether a start-up file of its shell waits for input',
    }
  }
  if (supervise === 0 && end.kind === 'exited') return null
  return {
    reason: `logged in, but the host did not run the command: ${describeUnexpectedEnd(ended)}`,
    remedy:
      `for a host without a POSIX shell, or one that only runs its own command, set supervise = 0: rcron system edit ${id} --supervise 0; ` +
      'otherwise check whether sshd forces a command on this login (ForceCommand, command= in authorized_keys), or its shell refuses',
  }
}
