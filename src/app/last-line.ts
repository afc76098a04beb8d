import type { Environment } from '../config/read-variables.ts'
import { writeLastLine } from '../platform/log/last-line.ts'
import type { LogFields } from '../platform/log/log.ts'
import { formatFor } from '../platform/log/system-log.ts'
import { loadEnvironment } from './settings.ts'

/** Logs, in the format of the log, why the process ends. */
export type LastLine = (fields: LogFields, message: string) => void

/** Null if the log is text for people, or where it is not known yet what it is: errors are printed as by every command. */
export async function composeLastWord(environment: Environment, descriptor: 1 | 2): Promise<LastLine | null> {
  const { RCRON_LOG_FORMAT, JOURNAL_STREAM } = await readable(environment)
  const given = RCRON_LOG_FORMAT || 'auto'
  const format = given === 'auto' ? formatFor({ descriptor, journalStream: JOURNAL_STREAM || null }) : given
  if (format !== 'journal' && format !== 'json') return null
  return (fields, message) => writeLastLine(format, descriptor, fields, message)
}

/** A `.env` that cannot be read is what the last word is about. */
async function readable(environment: Environment): Promise<Environment> {
  try {
    return (await loadEnvironment(environment)).environment
  } catch {
    return environment
  }
}
