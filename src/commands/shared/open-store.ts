import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { composeLog, composeStore } from '../../app/parts.ts'
import { loadSettings, logWarnings, type Settings } from '../../app/settings.ts'
import { refuseForeignPlaces } from '../../config/judge-places.ts'
import { compileSteps } from '../../definitions/compile-snapshot.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import { OperatorError } from '../../domain/errors.ts'
import type { Definitions } from '../../domain/rows.ts'
import type { Log } from '../../platform/log/log.ts'
import { yieldBetween } from '../../platform/waiting/yielding.ts'
import type { SqlStore } from '../../store/sql/sql-store.ts'
import type { CommandContext } from '../cli/context.ts'

/** What a command reads: the settings, and the store that they name. */
export type OpenStore = { readonly settings: Settings; readonly store: SqlStore; readonly log: Log }

/** Lends the store of the settings, and closes it whatever happens. What the command logs goes to standard error. */
export async function withStore<Result>(
  { environment }: CommandContext,
  use: (opened: OpenStore) => Promise<Result>,
): Promise<Result> {
  const settings = await loadSettings(environment)
  return await withStoreOf(settings, async (opened) => {
    logWarnings({ warnings: settings.ignored }, opened.log)
    return await use(opened)
  })
}

/** As `withStore`, for settings that are there already. */
export async function withStoreOf<Result>(
  settings: Settings,
  use: (opened: OpenStore) => Promise<Result>,
): Promise<Result> {
  refuseForeignPlaces(settings.config)
  refuseMissingDirectory(settings)
  await using log = composeLog(settings.config, 2)
  const store = await composeStore(settings.config)
  try {
    return await use({ settings, store, log })
  } finally {
    await store.close()
  }
}

/** All definitions as they are in the store now, and what they come to. */
export async function loadJudged({ settings, store }: OpenStore): Promise<JudgedDefinitions> {
  const { definitions, problems } = await store.loadDefinitions()
  const snapshot = await yieldBetween(
    compileSteps({ definitions, problems, defaultTimezone: settings.config.timezone }),
  )
  return { definitions, snapshot }
}

/** Definitions as they were read, and as they were judged. */
export type JudgedDefinitions = { readonly definitions: Definitions; readonly snapshot: Snapshot }

/** Where nothing has been made yet, the way on is `rcron init`. */
function refuseMissingDirectory({ config: { database } }: Settings): void {
  if (database.kind !== 'sqlite' || database.path === ':memory:' || existsSync(dirname(database.path))) return
  throw new OperatorError(
    `SQLite at ${database.path}: there is no directory ${dirname(database.path)}`,
    'Create directory and tables with "rcron init", or set RCRON_DATABASE_URL to another store.',
  )
}
