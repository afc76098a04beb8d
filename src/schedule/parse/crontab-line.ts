import { MACRO_NAMES } from './macros.ts'

/** A whole line of a crontab, taken apart. */
export type CrontabLine = {
  /** The five fields or the macro, as they stand there; perhaps they cannot be read. */
  readonly schedule: string
  /** What cron runs; in a line of /etc/crontab without the user. */
  readonly command: string
  /** The sixth column of /etc/crontab; null if there seems to be none. */
  readonly user: string | null
}

const LINE = /^\s*(?<schedule>@[a-z]+|[\d*]\S*(?:[ \t]+\S+){4})[ \t]+(?<command>\S.*)$/s

/** What one of the five fields looks like, in cron and in what is near to it. */
const FIELD = /^(?:[\d*?]|[a-z]{3}(?![a-z]))[\w*/,?#-]*$/i

/** The line of a crontab that `text` seems to be; null if it is a command alone. Pure. */
export function crontabLineIn(text: string): CrontabLine | null {
  const { schedule = '', command = '' } = LINE.exec(text)?.groups ?? {}
  const fields = schedule.split(/[ \t]+/)
  const isSchedule = schedule.startsWith('@') ? MACRO_NAMES.includes(schedule) : fields.every((it) => FIELD.test(it))
  if (command === '' || !isSchedule) return null
  const user = userColumnOf(command)
  const rest = user === null ? command : command.slice(user.length).trimStart()
  return { schedule: fields.join(' '), command: rest, user }
}

const USER_COLUMN = /^(root|nobody|www-data)[ \t]+\S/

/** The user that `command` begins with, as a line of /etc/crontab does behind its schedule; null if it begins with none. */
export function userColumnOf(command: string): string | null {
  return USER_COLUMN.exec(command.trimStart())?.[1] ?? null
}
