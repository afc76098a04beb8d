import { ACTIONS } from '../../domain/action.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import type { CronRow } from '../../domain/rows.ts'
import type { DefinitionEditor, Entry, NewCron, StoredCron } from '../../store/definition-editor.ts'
import { describeHostPort } from '../host-port.ts'
import { auth } from './auth.ts'
import { CRON_COLUMNS } from './cron-columns.ts'
import { seekEntry } from './find-entry.ts'
import { type Noun, type Options, required } from './noun.ts'
import { system } from './system.ts'

/** One row of the crontab. */
export const cron: Noun<StoredCron, NewCron> = {
  name: 'cron',
  columns: CRON_COLUMNS,
  extraOptions: (command) =>
    command
      .option('--host <system>', 'the system it runs on: id, name or name:port')
      .option('--user <auth>', 'the auth it runs as: id or user')
      .option('--schedule <fields>', 'the five fields at once: "*/5 * * * *" or @daily'),
  shelf: (editor) => editor.crons,
  find: (editor, reference) => editor.crons.find(reference),
  visible,
  listed: ['id', 'cron_name', 'schedule', 'cron_path', 'host', 'user', 'action', 'enabled', 'last_run', 'errors'],
  complete: async (changes, options, { editor }, old) => {
    const complete = { ...scheduleOf(options), ...changes, ...(await referencesOf(options, editor)) }
    if (old === null) required('cron', complete, ['cron_name', 'cron_path', 'host', 'user'])
    return complete
  },
  definitions: async (columns, editor) => ({
    auths: soundRows(await editor.auths.find(String(columns['user']))),
    systems: soundRows(await editor.systems.find(String(columns['host']))),
    crons: [{ ...NEW_CRON, ...columns } as CronRow],
  }),
}

const NEW_CRON = {
  id: 0,
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

function soundRows<Row>(entries: readonly Entry<Row>[]): Row[] {
  return entries.flatMap(({ row }) => (row === null ? [] : [row]))
}

function expressionOf({ cron_min, cron_hour, cron_dom, cron_mon, cron_dow }: CronRow): string {
  return cron_min.startsWith('@') ? cron_min : [cron_min, cron_hour, cron_dom, cron_mon, cron_dow].join(' ')
}

const FIELDS = ['cron_min', 'cron_hour', 'cron_dom', 'cron_mon', 'cron_dow']

/** The five columns that `--schedule` stands for; a macro stands in the first, alone. */
function scheduleOf({ schedule }: Options): Options {
  if (typeof schedule !== 'string') return {}
  const given = schedule.trim().split(/\s+/)
  const fields = given[0]?.startsWith('@') && given.length === 1 ? [...given, '*', '*', '*', '*'] : given
  if (fields.length === FIELDS.length) return Object.fromEntries(FIELDS.map((name, at) => [name, fields[at]]))
  const message = `found ${given.length} fields, expected five (minute hour day-of-month month day-of-week) or a macro such as @daily`
  throw new InvalidInputError([{ severity: 'error', subject: '--schedule', field: null, message, hint: null }])
}

/** Rejects with an InvalidInputError that names every reference which does not mean one row. */
async function referencesOf({ host, user }: Options, editor: DefinitionEditor): Promise<Options> {
  const sought = {
    ...(typeof host === 'string' && { host: await seekEntry(system, editor, host) }),
    ...(typeof user === 'string' && { user: await seekEntry(auth, editor, user) }),
  }
  const problems = Object.values(sought).flatMap((found) => ('subject' in found ? [found] : []))
  if (problems.length > 0) throw new InvalidInputError(problems)
  return Object.fromEntries(
    Object.entries(sought).flatMap(([name, found]) => ('id' in found ? [[name, found.id]] : [])),
  )
}
