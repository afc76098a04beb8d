import type { Problem } from '../../domain/problem.ts'
import { crontabLineIn } from '../../schedule/parse/crontab-line.ts'
import { FIELDS } from '../../schedule/parse/field.ts'
import { splitExpression } from '../../schedule/parse/parse-expression.ts'
import type { DefinitionEditor } from '../../store/definitions/definition-editor.ts'
import { auth } from './auth.ts'
import { seekEntry } from './find-entry.ts'
import { missing, type Options, problemOfOption } from './noun.ts'
import { system } from './system.ts'

/** Columns that options set, and what is wrong with the options. */
type Given = { readonly columns: Options; readonly problems: readonly Problem[] }

/** The columns that `--schedule` stands for. */
export const SCHEDULE_COLUMNS: readonly string[] = FIELDS.map(({ name }) => name)

/** The five columns that `--schedule` stands for; a macro stands in the first, alone. */
export function scheduleOf({ schedule }: Options): Given {
  if (typeof schedule !== 'string') return { columns: {}, problems: [] }
  const split = splitExpression(schedule)
  if ('fields' in split) return { columns: split.fields, problems: [] }
  const { message, hint } = split.finding
  return { columns: {}, problems: [problemOfOption('--schedule', message, hint)] }
}

/** Refuses a whole line of a crontab as the command, with the options that it comes to. */
export function pastedLine(command: unknown): readonly Problem[] {
  const line = typeof command === 'string' ? crontabLineIn(command) : null
  if (line === null) return []
  const user =
    line.user === null ? '' : `; "${line.user}" seems to be the user column of /etc/crontab: give its auth with --user`
  const hint = `give --schedule ${shellQuoted(line.schedule)} --cron-path ${shellQuoted(line.command)}${user}`
  return [problemOfOption('--cron-path', 'is a whole crontab line, expected only the command', hint)]
}

/** What a new cron cannot do without. Fields that are left out mean any value, which is seldom meant of the minute. */
export function missingIn(columns: Options, { schedule }: Options): readonly Problem[] {
  const needed = missing('cron', columns, ['cron_name', 'cron_path', 'host', 'user'])
  if (columns['cron_min'] !== undefined || schedule !== undefined) return needed
  const others = SCHEDULE_COLUMNS.some((name) => columns[name] !== undefined)
  const problem = others
    ? problemOfOption(
        '--cron-min',
        'missing; without it the cron would run every minute of those hours',
        "give a minute such as 0, or '*' for every minute",
      )
    : problemOfOption(
        '--schedule',
        'missing; a new cron needs it',
        "give five fields such as '30 2 * * *', a macro such as @daily, or '* * * * *' for every minute",
      )
  return [...needed, problem]
}

/** The rows that `--host` and `--user` mean, each one. */
export async function referencesOf({ host, user }: Options, editor: DefinitionEditor): Promise<Given> {
  const sought = {
    ...(typeof host === 'string' && { host: await seekEntry(system, editor, host) }),
    ...(typeof user === 'string' && { user: await seekEntry(auth, editor, user) }),
  }
  const columns = Object.entries(sought).flatMap(([name, found]) => ('id' in found ? [[name, found.id]] : []))
  return {
    columns: Object.fromEntries(columns),
    problems: Object.values(sought).flatMap((found) => ('about' in found ? [found] : [])),
  }
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
