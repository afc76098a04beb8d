import type { Problem } from '../../domain/problem.ts'
import type { SystemRow } from '../../domain/rows.ts'
import { crontabLineIn } from '../../schedule/parse/crontab-line.ts'
import { FIELDS } from '../../schedule/parse/field.ts'
import { splitExpression } from '../../schedule/parse/parse-expression.ts'
import type { DefinitionEditor, Entry } from '../../store/definitions/definition-editor.ts'
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
  const hint = `give --schedule ${shellQuoted(line.schedule)} --command ${shellQuoted(line.command)}${user}`
  return [problemOfOption('--command', 'is a whole crontab line, expected only the command', hint)]
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

/** What `--host` and `--user` set: a row for each system. */
type Referred = { readonly rows: readonly Options[]; readonly problems: readonly Problem[] }

/** The rows that `--host` and `--user` mean; of systems several where a cron is to be made for each. */
export async function referencesOf(
  { host, user }: Options,
  editor: DefinitionEditor,
  { mayBeSeveral }: { readonly mayBeSeveral: boolean },
): Promise<Referred> {
  const ofUser = typeof user === 'string' ? [await seekEntry(auth, editor, user)] : []
  const users = ofUser.flatMap((found) => ('id' in found ? [{ user: found.id }] : []))
  const hosts = typeof host === 'string' ? await systemsOf(host, editor, mayBeSeveral) : []
  const ids = new Set(hosts.flatMap((found) => ('id' in found ? [found.id] : [])))
  return {
    rows: ids.size === 0 ? [{ ...users[0] }] : [...ids].map((id) => ({ host: id, ...users[0] })),
    problems: [...hosts, ...ofUser].flatMap((found) => ('about' in found ? [found] : [])),
  }
}

async function systemsOf(host: string, editor: DefinitionEditor, mayBeSeveral: boolean) {
  const names = host.split(',').map((name) => name.trim())
  if (names.length > 1 && !mayBeSeveral) {
    const message = `names ${names.length} systems, expected one: a change makes no new crons`
    return [problemOfOption('--host', message, '"rcron cron add" makes one for each')]
  }
  const found: (Entry<SystemRow> | Problem)[] = []
  for (const name of names) found.push(await seekEntry(system, editor, name))
  return found
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
