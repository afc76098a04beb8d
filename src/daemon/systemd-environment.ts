/** What systemd passes to a service about itself. */
export type SystemdEnvironment = {
  /** Where messages go; null outside of a notify service. */
  readonly notifySocket: string | null
  /** A descriptor that is connected to that socket; null if the unit opens none (`OpenFile=`, from systemd 253 on). */
  readonly notifyDescriptor: number | null
  /** Half of what the watchdog allows, in milliseconds; null if there is none. */
  readonly watchdogIntervalMs: number | null
}

/** The socket to which the unit's OpenFile= is connected: a user's own systemd has another, which the descriptor does not reach. */
const SYSTEM_SOCKET = '/run/systemd/notify'
const DESCRIPTOR_NAME = 'notify'
const FIRST_DESCRIPTOR = 3
const US_PER_MS = 1_000

export function readSystemdEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): SystemdEnvironment {
  const notifySocket = environment['NOTIFY_SOCKET'] || null
  return {
    notifySocket,
    notifyDescriptor: notifySocket === SYSTEM_SOCKET ? notifyDescriptor(environment, pid) : null,
    watchdogIntervalMs: notifySocket === null ? null : watchdogInterval(environment, pid),
  }
}

function notifyDescriptor(environment: Readonly<Record<string, string | undefined>>, pid: number): number | null {
  if (environment['LISTEN_PID'] !== String(pid)) return null
  const names = environment['LISTEN_FDNAMES']?.split(':') ?? []
  const index = names.indexOf(DESCRIPTOR_NAME)
  return index >= 0 && index < Number(environment['LISTEN_FDS']) ? FIRST_DESCRIPTOR + index : null
}

function watchdogInterval(environment: Readonly<Record<string, string | undefined>>, pid: number): number | null {
  const forPid = environment['WATCHDOG_PID']
  if (forPid && forPid !== String(pid)) return null
  const micros = Number(environment['WATCHDOG_USEC'])
  return micros > 0 && Number.isFinite(micros) ? Math.max(1, Math.floor(micros / US_PER_MS / 2)) : null
}
