import type { CronRow } from '../../domain/rows.ts'
import { crontabLineIn, userColumnOf } from '../../schedule/parse/crontab-line.ts'
import { describeUnseen } from '../../schedule/unseen.ts'
import { type RowFinding, warn } from './row-finding.ts'

/** What none of the traps below is without. */
const SUSPECT = /[\r\u0080-\uffff]|\\%|^\s*(?:[#*@\d]|[a-z_]\w*\s*=|root\s|nobody\s|www-data\s)/i

/**
 * Warns of a command that was taken from elsewhere and does not do here what it did there: from a crontab, from an editor of Windows, from
 * a page of the web. What the command says stays unsaid: it may hold a secret.
 */
export function commandWarnings({ id, cron_path }: Pick<CronRow, 'id' | 'cron_path'>): readonly RowFinding[] {
  if (!SUSPECT.test(cron_path)) return []
  return [...lineWarnings(id, cron_path), ...characterWarnings(cron_path)]
}

/** A line of a crontab that is more than a command, or none. */
function lineWarnings(id: number, command: string): readonly RowFinding[] {
  const line = crontabLineIn(command)
  if (line !== null) {
    const way = `use "rcron cron edit ${id} --schedule '${line.schedule}' --command …", with the rest as the command`
    return [said(`is a whole crontab line: the shell would run its first word as a program`, way)]
  }
  const user = userColumnOf(command)
  if (user !== null)
    return [
      said(`begins with "${user}", as a line of /etc/crontab does`, 'remove it: the cron runs as the user of its auth'),
    ]
  const lines = command.split(/\r?\n/).filter((it) => it.trim() !== '')
  if (lines.every((it) => it.trimStart().startsWith('#')))
    return [said('is a comment: the shell does nothing and succeeds', 'remove the "#"')]
  return lines.length === 1 ? assignmentWarnings(lines[0] ?? '') : []
}

/** A substitution runs something. */
const ASSIGNMENT = /^\s*(?<name>[a-z_]\w*)\s*=\s*(?:"[^"`$]*"|'[^']*'|[^\s"'`;&|$]*)\s*$/i

function assignmentWarnings(command: string): readonly RowFinding[] {
  const name = ASSIGNMENT.exec(command)?.groups?.['name']
  if (name === undefined) return []
  const hint =
    name === 'CRON_TZ' || name === 'TZ'
      ? 'give each cron its time zone (timezone), and remove this one'
      : `write it before each command that needs it (${name}=… command), and remove this one`
  return [said(`sets ${name} and runs nothing, as a crontab line does for the lines below it`, hint)]
}

function characterWarnings(command: string): readonly RowFinding[] {
  const unseen = describeUnseen(command)
  return [
    ...(command.includes('\\%')
      ? [said('contains "\\%", which means % in a crontab; here the shell gets the backslash too', 'write % alone')]
      : []),
    ...(/\r(?:\n|$)/.test(command)
      ? [said('has Windows line endings (CR LF): the shell takes the CR as part of the last word', 'remove the CR')]
      : []),
    ...(unseen === null
      ? []
      : [said(`contains ${unseen}, which a shell takes as part of a word`, 'write a plain space, or remove it')]),
    ...(/(?:^|\s)[‐‑‒–—−]{1,2}\w/u.test(command)
      ? [said('has a word that begins with a dash other than a hyphen, so it is not an option', 'write "-"')]
      : []),
  ]
}

function said(message: string, hint: string): RowFinding {
  return warn('cron_path', message, hint)
}
