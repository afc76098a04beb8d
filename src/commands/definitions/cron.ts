import { Option } from 'commander'
import { ACTIONS } from '../../domain/action.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import { type CronRow, NEW_ROW_ID } from '../../domain/rows.ts'
import type { DefinitionEditor, NewCron, StoredCron } from '../../store/definitions/definition-editor.ts'
import { besideOthers, soundRows } from './beside-others.ts'
import { optionKey } from './column.ts'
import { CRON_COLUMNS } from './cron-columns.ts'
import { missingIn, pastedLine, referencesOf, SCHEDULE_COLUMNS, scheduleOf } from './cron-options.ts'
import { findCrons } from './find-entry.ts'
import type { Noun, Options } from './noun.ts'

/** One row of the crontab. */
export const cron: Noun<StoredCron, NewCron> = {
  name: 'cron',
  columns: CRON_COLUMNS,
  extraOptions: (command) =>
    command
      .option('--host <system>', 'the system it runs on: id, name or name:port')
      .option('--user <auth>', 'the auth it runs as: id or user')
      .addOption(
        new Option('--schedule <fields>', 'the five fields at once: "*/5 * * * *" or @daily').conflicts(
          SCHEDULE_COLUMNS.map((name) => optionKey({ name })),
        ),
      ),
  shelf: (editor) => editor.crons,
  find: findCrons,
  visible,
  listed: ['id', 'cron_name', 'schedule', 'cron_path', 'host', 'user', 'action', 'enabled', 'last_run', 'errors'],
  complete: async (changes, options, { editor }, old) => {
    const schedule = scheduleOf(options)
    const references = await referencesOf(options, editor)
    const complete = { ...schedule.columns, ...changes, ...references.columns }
    const problems = [
      ...schedule.problems,
      ...pastedLine(changes['cron_path']),
      ...references.problems,
      ...(old === null ? missingIn(complete, options) : []),
    ]
    if (problems.length > 0) throw new InvalidInputError(problems)
    return complete
  },
  definitions: (rows, editor) =>
    besideOthers(
      rows.map((columns) => ({ ...NEW_CRON, ...columns }) as CronRow),
      editor,
    ),
  ofOneRow: 'host',
  afterAdding: (id, { enabled }) => (enabled === 1 ? '' : ` (disabled: "rcron cron enable ${id}" enables it)`),
}

const NEW_CRON = {
  id: NEW_ROW_ID,
  cron_min: '*',
  cron_hour: '*',
  cron_dom: '*',
  cron_mon: '*',
  cron_dow: '*',
  enabled: 0,
  action: 0,
  timezone: null,
  catch_up: null,
  latest_start_min: null,
  on_lost: null,
  timeout_s: null,
  kill_grace_s: null,
  own_connection: null,
  keep_output: null,
}

async function visible(rows: readonly StoredCron[], editor: DefinitionEditor): Promise<readonly Options[]> {
  const hosts = new Map(
    soundRows(await editor.systems.list()).map(({ id, host, port }) => [id, describeHostPort(host, port)]),
  )
  const users = new Map(soundRows(await editor.auths.list()).map(({ id, user }) => [id, user]))
  return rows.map((row) => ({
    ...row,
    schedule: expressionOf(row),
    host: hosts.get(row.host) ?? `${row.host} (missing)`,
    host_id: row.host,
    user: users.get(row.user) ?? `${row.user} (missing)`,
    user_id: row.user,
    action: ACTIONS[row.action] ?? row.action,
  }))
}

function expressionOf({ cron_min, cron_hour, cron_dom, cron_mon, cron_dow }: CronRow): string {
  return cron_min.startsWith('@') ? cron_min : [cron_min, cron_hour, cron_dom, cron_mon, cron_dow].join(' ')
}
