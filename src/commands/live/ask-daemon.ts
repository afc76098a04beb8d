import { loadSettings, type Settings } from '../../app/settings.ts'
import type { Config } from '../../config/config.ts'
import { ControlClient, DaemonAbsent } from '../../control/client/control-client.ts'
import { ExitError } from '../../domain/errors.ts'
import type { CommandContext } from '../cli/context.ts'

/** The daemon of these settings, whether it runs or not. */
export function daemonOf({ config, environment }: Settings): ControlClient {
  const { controlDirectory, serviceControlDirectory: ofService } = config
  const directories = [controlDirectory, ...(ofService === null ? [] : [ofService])]
  return new ControlClient(directories, environment['SUDO_USER'] ?? null)
}

/** Lends the daemon of the settings. Rejects with an ExitError of status 3 where it does not run. */
export async function withDaemon<Result>(
  { environment }: CommandContext,
  use: (client: ControlClient, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(environment)
  try {
    return await use(daemonOf(settings), settings)
  } catch (error) {
    if (error instanceof DaemonAbsent) throw await deafOr(error, settings.config)
    throw error
  }
}

/** A daemon that has the state directory and no socket cannot be asked. */
async function deafOr(absent: DaemonAbsent, config: Config): Promise<ExitError> {
  const daemon = (await import('../../app/daemon-look.ts')).daemonOn(config)
  if (daemon === null) return absent
  return new ExitError(
    3,
    `a daemon runs, ${daemon}, but does not listen in ${config.controlDirectory}`,
    'It starts or ends just now, is of an earlier version, or could not make its socket: its log says why.',
  )
}
