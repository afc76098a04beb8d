import type { CronRow } from '../../domain/rows.ts'
import { describeUnseen } from '../../schedule/unseen.ts'
import { commandWarnings } from './judge-command.ts'
import { type RowFinding, refuse, warn } from './row-finding.ts'

/** The largest argument that Linux passes to a program, in bytes. */
const LONGEST_COMMAND_BYTES = 131_072

const utf8 = new TextEncoder()

/** Judges a cron's name and command. */
export function textProblems(row: CronRow): readonly RowFinding[] {
  const { cron_name, cron_path } = row
  const problems: RowFinding[] = []
  if (cron_name.trim() === '') problems.push(refuse('cron_name', 'is empty, expected a name', null))
  if (cron_path.trim() === '') problems.push(refuse('cron_path', 'is empty, expected a command', null))
  if (cron_path.includes('\0')) {
    problems.push(
      refuse('cron_path', 'contains a NUL byte, which a command cannot', 'put the data into a file on the host'),
    )
  }
  if (isTooLong(cron_path)) {
    const message = `is longer than ${LONGEST_COMMAND_BYTES} bytes, the most that can be passed to a shell`
    problems.push(refuse('cron_path', message, 'put it into a script on the host'))
  }
  return problems.length > 0 ? problems : [...nameWarnings(cron_name), ...commandWarnings(row)]
}

/** Of a name that nobody can type as it looks. */
function nameWarnings(name: string): readonly RowFinding[] {
  const hint = 'remove it: nobody can see it when typing the name'
  const unseen = describeUnseen(name)
  return [
    ...(/^\s|\s$/.test(name) ? [warn('cron_name', 'begins or ends with a space', hint)] : []),
    ...(unseen === null ? [] : [warn('cron_name', `contains ${unseen}, which is invisible`, hint)]),
  ]
}

function isTooLong(text: string): boolean {
  return text.length > LONGEST_COMMAND_BYTES / 3 && utf8.encode(text).length > LONGEST_COMMAND_BYTES
}
