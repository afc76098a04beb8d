import { Option } from 'commander'
import { unset } from '../../domain/columns/column.ts'
import { CRON_COLUMNS, RECORD_COLUMNS } from '../../domain/columns/crons.ts'
import { wordsIn } from '../../domain/columns/words.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import { type CronRow, NEW_ROW_ID } from '../../domain/rows.ts'
import type { DefinitionEditor, NewCron, StoredCron } from '../../store/definitions/definition-editor.ts'
import { optionColumns, optionKey } from './column.ts'
import { missingIn, pastedLine, referencesOf, SCHEDULE_COLUMNS, scheduleOf } from './cron-options.ts'
import { findCrons } from './find-entry.ts'
import type { Noun, Options } from './noun.ts'
import { rowShower } from './parse-value.ts'
import { soundRows, withRelated } from './with-related.ts'

/** One row of the crontab. */
export const cron: Noun<StoredCron, NewCron> = {
  name: 'cron',
  columns: optionColumns(CRON_COLUMNS),
  extraOptions: (command) =>
    command
      .option(
        '--host <system>',
        'the system it runs on: id, name, host or host:port; several, separated by commas, make one cron for each',
      )
      .option('--user <auth>', 'the auth it runs as: id, name or user')
      .addOption(
        new Option('--schedule <fields>', 'the five fields at once: "*/5 * * * *" or @daily').conflicts(
          SCHEDULE_COLUMNS.map((name) => optionKey({ name })),
        ),
      ),
  shelf: (editor) => editor.crons,
  find: findCrons,
  visible,
  listed: [
    { heading: 'id' },
    { heading: 'cron_name' },
    { heading: 'schedule', leaves: 4 },
    { heading: 'cron_path', leaves: 3, isCut: true },
    { heading: 'host', leaves: 7 },
    { heading: 'user', leaves: 5 },
    { heading: 'action', leaves: 1 },
    { heading: 'enabled', leaves: 6 },
    { heading: 'last_run', leaves: 2 },
    { heading: 'errors', isLong: true },
  ],
  complete: async (changes, options, { editor }, old) => {
    const schedule = scheduleOf(options)
    const references = await referencesOf(options, editor, { mayBeSeveral: old === null })
    const [first, ...others] = references.rows.map((row) => ({ ...schedule.columns, ...changes, ...row }))
    const complete = first ?? {}
    const problems = [
      ...schedule.problems,
      ...pastedLine(changes['cron_path']),
      ...references.problems,
      ...(old === null ? missingIn(complete, options) : []),
    ]
    if (problems.length > 0) throw new InvalidInputError(problems)
    return [complete, ...others]
  },
  definitions: (rows, editor) =>
    withRelated(
      rows.map((columns) => ({ ...NEW_CRON, ...columns }) as CronRow),
      editor,
    ),
  ofOneRow: 'host',
  afterAdding: (ids, { enabled }) =>
    enabled === 1 ? '' : `disabled: "rcron cron enable ${ids.join(' ')}" enables ${ids.length === 1 ? 'it' : 'them'}`,
}

const showCron = rowShower({ ...CRON_COLUMNS, ...RECORD_COLUMNS })

const NEW_CRON = { ...unset(CRON_COLUMNS), id: NEW_ROW_ID }

async function visible(rows: readonly StoredCron[], editor: DefinitionEditor): Promise<readonly Options[]> {
  const meant = await meaningIn(editor)
  return rows.map((row) => Object.assign(showCron(row), meant(row), { host_id: row.host, user_id: row.user }))
}

const showOfJob = rowShower({
  action: CRON_COLUMNS.action,
  cron_path: CRON_COLUMNS.cron_path,
  tags: CRON_COLUMNS.tags,
})

/** What a list of jobs shows of each row: a third of the columns, of thousands of rows. */
export async function visibleInJobs(
  rows: readonly StoredCron[],
  editor: DefinitionEditor,
): Promise<readonly Options[]> {
  const meant = await meaningIn(editor)
  return rows.map((row) => Object.assign(showOfJob(row), meant(row)))
}

/** What columns of a row come to with others, or with the rows that they refer to. */
async function meaningIn(editor: DefinitionEditor): Promise<(row: StoredCron) => Options> {
  const systems = new Map(soundRows(await editor.systems.list()).map((system) => [system.id, system]))
  const auths = new Map(soundRows(await editor.auths.list()).map((auth) => [auth.id, auth]))
  return (row) => {
    const [system, auth] = [systems.get(row.host), auths.get(row.user)]
    return {
      schedule: expressionOf(row),
      host: system === undefined ? `${row.host} (missing)` : describeHostPort(system.host, system.port),
      host_name: system?.name ?? null,
      host_tags: wordsIn(system?.tags ?? null),
      user: auth?.user ?? `${row.user} (missing)`,
      user_name: auth?.name ?? null,
    }
  }
}

function expressionOf({ cron_min, cron_hour, cron_dom, cron_mon, cron_dow }: CronRow): string {
  return cron_min.startsWith('@') ? cron_min : [cron_min, cron_hour, cron_dom, cron_mon, cron_dow].join(' ')
}
