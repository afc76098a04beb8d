import { createHash } from 'node:crypto'
import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import type { Engine } from '../sql/engine.ts'
import type { DefinitionEditor, NewAuth, NewCron, NewSystem, StoredCron } from './definition-editor.ts'
import { AUTH_SHAPE, STORED_CRON_SHAPE, SYSTEM_SHAPE } from './row-shape.ts'
import { checkThere, checkUnique, checkUnused } from './shelf-checks.ts'
import { type ShelfRules, SqlShelf } from './sql-shelf.ts'

const AUTHS: ShelfRules<AuthRow, NewAuth> = {
  table: 'rcron_auth',
  shape: AUTH_SHAPE,
  furtherColumns: ['checksum'],
  defaults: {},
  written: (fields) => (fields.password === undefined ? fields : { ...fields, checksum: checksumOf(fields.password) }),
  checkWrite: (db, row, id) => {
    const words = 'user and password'
    return checkUnique(db, { table: 'rcron_auth', noun: 'auth', columns: ['user', 'checksum'], words }, row, id)
  },
  checkRemove: (db, id, subject) => checkUnused(db, 'user', { id, subject }),
}

const SYSTEMS: ShelfRules<SystemRow, NewSystem> = {
  table: 'rcron_hosts',
  shape: SYSTEM_SHAPE,
  furtherColumns: [],
  defaults: { port: 22, local_port: 22 },
  written: (fields) => fields,
  checkWrite: (db, row, id) => {
    const columns = ['host', 'port', 'local_port']
    return checkUnique(db, { table: 'rcron_hosts', noun: 'system', columns, words: 'host and ports' }, row, id)
  },
  checkRemove: (db, id, subject) => checkUnused(db, 'host', { id, subject }),
}

const CRONS: ShelfRules<StoredCron, NewCron> = {
  table: 'rcron_crons',
  shape: STORED_CRON_SHAPE,
  furtherColumns: ['last_run', 'duration', 'errors'],
  defaults: { cron_min: '*', cron_hour: '*', cron_dom: '*', cron_mon: '*', cron_dow: '*', enabled: 0, action: 0 },
  written: (fields) => fields,
  checkWrite: async (db, row, id) => {
    await checkThere(db, { table: 'rcron_hosts', noun: 'system' }, row['host'])
    await checkThere(db, { table: 'rcron_auth', noun: 'auth' }, row['user'])
    const columns = ['cron_name', 'cron_path', 'host', 'user']
    await checkUnique(db, { table: 'rcron_crons', noun: 'cron', columns, words: 'name, path, host and user' }, row, id)
  },
  checkRemove: async () => undefined,
}

/** Edits the tables of `engine`. */
export function createSqlEditor(engine: Engine): DefinitionEditor {
  return {
    auths: new SqlShelf(engine, AUTHS),
    systems: new SqlShelf(engine, SYSTEMS),
    crons: new SqlShelf(engine, CRONS),
  }
}

/** As the first rcron did: what makes an auth unique without an index over the secret. */
function checksumOf(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}
