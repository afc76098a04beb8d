import { createHash } from 'node:crypto'
import { type DefinitionNames, MOST_NAMES } from '../../domain/definition-names.ts'
import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import { readPauses } from '../pauses/read-pauses.ts'
import type { Engine } from '../sql/engine.ts'
import { AUTH_TABLE, CRON_TABLE, SYSTEM_TABLE } from '../sql/tables.ts'
import type { DefinitionEditor, NewAuth, NewCron, NewSystem, StoredCron } from './definition-editor.ts'
import { replaceSystem } from './replace-system.ts'
import { AUTH_SHAPE, STORED_CRON_SHAPE, SYSTEM_SHAPE } from './row-shape.ts'
import { selectTexts } from './select-rows.ts'
import { checkUnused } from './shelf-checks.ts'
import { type ShelfRules, SqlShelf } from './sql-shelf.ts'

const AUTHS: ShelfRules<AuthRow, NewAuth> = {
  table: AUTH_TABLE,
  shape: AUTH_SHAPE,
  written: (fields) => (fields.password === undefined ? fields : { ...fields, checksum: checksumOf(fields.password) }),
  checkRemove: (db, id, subject) => checkUnused(db, 'user', { id, subject }),
}

const SYSTEMS: ShelfRules<SystemRow, NewSystem> = {
  table: SYSTEM_TABLE,
  shape: SYSTEM_SHAPE,
  written: (fields) => fields,
  checkRemove: (db, id, subject) => checkUnused(db, 'host', { id, subject }),
}

const CRONS: ShelfRules<StoredCron, NewCron> = {
  table: CRON_TABLE,
  shape: STORED_CRON_SHAPE,
  written: (fields) => fields,
  checkRemove: async () => undefined,
}

/** Edits the tables of `engine`. */
export function createSqlEditor(engine: Engine): DefinitionEditor {
  const [systems, crons] = [new SqlShelf(engine, SYSTEMS), new SqlShelf(engine, CRONS)]
  return {
    auths: new SqlShelf(engine, AUTHS),
    systems,
    crons,
    replaceSystem: (replacement) => replaceSystem({ engine, systems, crons }, replacement),
    pauses: () => engine.readSnapshot(async (ask) => readPauses(ask, await engine.presentColumns(ask))),
    names: () => namesIn(engine),
  }
}

function namesIn(engine: Engine): Promise<DefinitionNames> {
  return engine.readSnapshot(async (ask) => {
    const present = await engine.presentColumns(ask)
    const named = async <Row, Fields>({ table: { name: table }, shape }: ShelfRules<Row, Fields>) => {
      const columns = [shape.nameColumn, shape.aliasColumn].filter((column) => column !== undefined)
      const texts: string[] = []
      for (const column of columns) {
        if (present.get(table)?.has(column) !== true && column === shape.aliasColumn) continue
        texts.push(...(await selectTexts(ask, { table, column, limit: MOST_NAMES })))
      }
      return [...new Set(texts)].slice(0, MOST_NAMES)
    }
    return { crons: await named(CRONS), hosts: await named(SYSTEMS), users: await named(AUTHS) }
  })
}

/** As the first rcron did: what makes an auth unique without an index over the secret. */
function checksumOf(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}
