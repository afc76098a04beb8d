import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { JOURNAL_FILE } from '../history/sqlite-journal-file.ts'
import { SqliteWaitingRuns } from '../history/sqlite-waiting-runs.ts'
import { nameOfDatabase } from './settings.ts'

/** The runs that wait for the store of these settings, in whichever process. The caller's to dispose of. */
export function waitingRunsOf({ stateDirectory, database }: Config): SqliteWaitingRuns {
  return new SqliteWaitingRuns(join(stateDirectory, JOURNAL_FILE), nameOfDatabase(database))
}
