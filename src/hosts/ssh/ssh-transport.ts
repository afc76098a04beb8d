import type { Log } from '../../platform/log/log.ts'
import type { NotHandedOver } from '../handover.ts'
import type { HostKeys } from '../host-keys/host-keys.ts'
import type { NameResolver } from '../names/name-resolver.ts'
import { describeHost } from '../target.ts'
import type { Timings } from '../timings.ts'
import type { Connected, Login, Transport } from '../transport.ts'
import { SshConnection } from './ssh-connection.ts'
import { dial } from './ssh-dial.ts'
import { logIn } from './ssh-login.ts'

/** What logins over SSH are made with. */
export type SshTransportParts = {
  readonly resolver: NameResolver
  readonly hostKeys: HostKeys
  readonly timings: Timings
  readonly log: Pick<Log, 'info'>
}

/** Logs in by ssh2, over sockets of our own. */
export function createSshTransport(parts: SshTransportParts): Transport {
  return { connect: (login, signal) => connect(login, parts, signal) }
}

async function connect(
  login: Login,
  parts: SshTransportParts,
  signal: AbortSignal,
): Promise<Connected | NotHandedOver> {
  const dialled = await dial(login.target, parts, signal)
  if (dialled.kind === 'unreachable') return dialled
  const { socket } = dialled
  const loggedIn = await logIn(login, socket, parts, signal)
  if (loggedIn.kind !== 'logged-in') return loggedIn
  const { client } = loggedIn
  const connection = new SshConnection({ client, socket, where: describeHost(login.target), timings: parts.timings })
  return { kind: 'connected', connection }
}
