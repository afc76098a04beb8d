import { nameOfDatabase, type Settings } from '../../app/settings.ts'
import { DaemonAbsent } from '../../control/client/control-client.ts'
import type { Status } from '../../control/schemas.ts'
import { OperatorError } from '../../domain/errors.ts'
import { startOf } from '../../domain/minute.ts'
import { userName } from '../../platform/user-name.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import { daemonOf } from './ask-daemon.ts'

/** What the daemon says of itself; null where none answers. Rejects with an ExitError where it may not be asked, or hangs. */
export async function askStatus(settings: Settings): Promise<Status | null> {
  try {
    return await daemonOf(settings).look<Status>('/status')
  } catch (error) {
    if (error instanceof DaemonAbsent) return null
    throw error
  }
}

/** The same without a daemon, as far as the files and the store tell. */
export async function statusWithout(settings: Settings): Promise<Status> {
  const { daemonOn, lastPlannedBy } = await import('../../app/daemon-look.ts')
  const { config } = settings
  const zone = zoneOf(config.timezone)
  const deaf = daemonOn(config)
  const minute = lastPlannedBy(config)
  const found = await lookIntoStore(settings)
  return {
    schema: 'rcron.status.v1',
    generated: formatInstant(Date.now(), zone),
    user: userName(),
    store: nameOfDatabase(config.database),
    stateDirectory: config.stateDirectory,
    daemon: null,
    lastPlanned: minute === null ? null : formatInstant(startOf(minute), zone),
    definitions: found.definitions,
    runs: null,
    pauses: [...found.pauses],
    problems: [
      ...(deaf === null
        ? []
        : [`a daemon has the state directory, ${deaf}, but does not listen in ${config.controlDirectory}`]),
      ...found.problems,
    ],
  }
}

type Found = {
  readonly definitions: Status['definitions']
  readonly pauses: Status['pauses']
  readonly problems: readonly string[]
}

async function lookIntoStore(settings: Settings): Promise<Found> {
  const [{ loadJudged, withStoreOf }, { otherDaemonOn }, { describedPauses }] = await Promise.all([
    import('../shared/open-store.ts'),
    import('../../app/daemon-look.ts'),
    import('../../control/act/described-pauses.ts'),
  ])
  try {
    return await withStoreOf(settings, async (opened) => {
      const other = await otherDaemonOn(settings.config, opened.log)
      const { snapshot } = await loadJudged(opened)
      const definitions = {
        crons: snapshot.crons.length,
        enabled: snapshot.enabled.length,
        errors: snapshot.problems.filter(({ severity }) => severity === 'error').length,
        from: 'store' as const,
        readAt: formatInstant(Date.now(), zoneOf(settings.config.timezone)),
        isStoreAway: false,
        isTooOld: false,
      }
      const { timezone } = settings.config
      const pauses = describedPauses(snapshot.pauses, { crons: snapshot.crons, now: Date.now(), timezone })
      return { definitions, pauses: [...pauses], problems: other === null ? [] : [other] }
    })
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return { definitions: null, pauses: [], problems: [error.message] }
  }
}
