import { loadSettings, type Settings } from '../../app/settings.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import type { Problem } from '../../domain/problem.ts'
import type { CommandContext } from '../cli/context.ts'

/** Settings as far as they can be used, and all that is wrong with them. */
export type UsableSettings = {
  /** With the bad variables left out; null if that would name another store than the one that was meant. */
  readonly settings: Settings | null
  readonly problems: readonly Problem[]
}

/** Reads the settings; bad ones that do not bear on the store are left out, so that definitions can be judged all the same. */
export async function loadUsableSettings({ environment }: CommandContext): Promise<UsableSettings> {
  try {
    const settings = await loadSettings(environment)
    return { settings, problems: settings.config.warnings }
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    const { problems } = error
    return { settings: await settingsWithout(problems, environment), problems }
  }
}

/** What says where the store is, and how it is reached. */
const OF_THE_STORE = /^RCRON_(DATABASE|STATE_DIR)/

async function settingsWithout(
  problems: readonly Problem[],
  environment: CommandContext['environment'],
): Promise<Settings | null> {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const bad = errors.flatMap(({ about }) => (about.kind === 'variable' && mayBeLeftOut(about.name) ? [about.name] : []))
  if (bad.length < errors.length) return null
  // Set to nothing, a variable counts as not set, in `.env` as well. The machine's zone may be no better than the one that was set.
  const without = Object.fromEntries(bad.map((name) => [name, name === 'RCRON_TIMEZONE' ? 'UTC' : '']))
  try {
    return await loadSettings({ ...environment, ...without })
  } catch (error) {
    if (error instanceof InvalidInputError) return null
    throw error
  }
}

/** Whether a variable is one of rcron's that does not bear on the store. */
function mayBeLeftOut(name: string): boolean {
  return name.startsWith('RCRON_') && !OF_THE_STORE.test(name)
}
