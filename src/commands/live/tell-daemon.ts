import { nameOfDatabase, type Settings } from '../../app/settings.ts'
import { ControlClient, DaemonAbsent } from '../../control/client/control-client.ts'
import type { Rereading } from '../../control/schemas.ts'
import { ExitError } from '../../domain/errors.ts'

/** How long a daemon that was told may take to read the store. Milliseconds. */
const READ_MS = 10_000

/** Tells this installation's daemon that the store has changed; when that takes effect, in words. Never rejects for what a daemon does. */
export async function tellDaemon(settings: Settings): Promise<string> {
  const { controlDirectory, database } = settings.config
  const daemon = new ControlClient([controlDirectory], settings.environment['SUDO_USER'] ?? null)
  try {
    const { isRead, store } = await daemon.act<Rereading>('/definitions/reread', {}, READ_MS)
    if (isRead && store === nameOfDatabase(database)) return 'The running daemon has taken this up.'
  } catch (error) {
    if (!(error instanceof ExitError)) throw error
    if (error instanceof DaemonAbsent && (await isAlone(settings)))
      return 'No daemon is running: this takes effect when one starts.'
  }
  const { staleMinutes } = settings.config.cache
  const within = staleMinutes === 1 ? 'a minute' : `${staleMinutes} minutes`
  return `A running daemon picks this up within ${within}; at once after "rcron reload" there, or SIGHUP.`
}

/** Whether no daemon can have the store: one that is a file, with no daemon on the state directory. */
async function isAlone({ config }: Settings): Promise<boolean> {
  if (config.database.kind !== 'sqlite') return false
  return (await import('../../app/daemon-look.ts')).daemonOn(config) === null
}
