import type { CronRow } from '../domain/rows.ts'
import { type RowFinding, refuse } from './row-finding.ts'

/** The largest argument that Linux passes to a program, in bytes. */
const LONGEST_COMMAND_BYTES = 131_072

const utf8 = new TextEncoder()

/** Judges a cron's name and command. */
export function textProblems({ cron_name, cron_path }: CronRow): readonly RowFinding[] {
  const problems: RowFinding[] = []
  if (cron_name.trim() === '') problems.push(refuse('cron_name', 'is empty, expected a name', null))
  if (cron_path.trim() === '') problems.push(refuse('cron_path', 'is empty, expected a command', null))
  if (cron_path.includes('\0')) {
    problems.push(refuse('cron_path', 'holds a NUL byte, which no command can', 'put the data into a file on the host'))
  }
  if (isTooLong(cron_path)) {
    const message = `is longer than ${LONGEST_COMMAND_BYTES} bytes, the most a host passes to a shell`
    problems.push(refuse('cron_path', message, 'put it into a script on the host'))
  }
  return problems
}

function isTooLong(text: string): boolean {
  return text.length > LONGEST_COMMAND_BYTES / 3 && utf8.encode(text).length > LONGEST_COMMAND_BYTES
}
