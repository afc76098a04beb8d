import { type Kysely, sql } from 'kysely'
import { ExitError, OperatorError } from '../../domain/errors.ts'
import { type Ask, askWithin, type RawRow } from '../sql/ask.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import type { Engine } from '../sql/engine.ts'
import { selectableColumns } from '../sql/present-columns.ts'
import type { PresentColumns, Table, Tables } from '../sql/tables.ts'
import type { Entry, SeenRow, Shelf } from './definition-editor.ts'
import { comparable, editConflict, isAsSeen } from './edit-conflict.ts'
import { judgeRow, type RowShape } from './row-shape.ts'
import { type Selection, selectRows } from './select-rows.ts'
import { type AnyTables, checkWrite, type Values } from './shelf-checks.ts'

/** What sets one table apart from the others. */
export type ShelfRules<Row, Fields> = {
  readonly table: Table
  readonly shape: RowShape<Row>
  /** What is written for `fields`: themselves, and what follows from them. */
  readonly written: (fields: Partial<Fields>) => Values
  /** Rejects with an OperatorError if another row needs the row called `subject`. */
  readonly checkRemove: (db: Kysely<Tables>, id: number, subject: string) => Promise<void>
}

type Edit<Fields> = { readonly changes: Partial<Fields>; readonly seen: Values }

/** One table of definitions in an SQL database. */
export class SqlShelf<Row, Fields> implements Shelf<Row, Fields> {
  readonly #engine: Engine
  readonly #rules: ShelfRules<Row, Fields>

  constructor(engine: Engine, rules: ShelfRules<Row, Fields>) {
    this.#engine = engine
    this.#rules = rules
  }

  list(): Promise<readonly Entry<Row>[]> {
    return this.#engine.readSnapshot(async (ask) => this.#entriesOf(await this.#select(ask)))
  }

  async find(reference: string): Promise<readonly Entry<Row>[]> {
    try {
      return await this.#engine.readSnapshot((ask) => this.#findIn(ask, reference))
    } catch (error) {
      // No row has a name that its column cannot hold.
      if (error instanceof DatabaseFault && error.kind === 'characters') return []
      throw error
    }
  }

  add(fields: Fields, settle?: (id: number) => Partial<Fields>): Promise<number> {
    return this.#engine.writeOnce((db) => this.#addIn(db, fields, settle))
  }

  addAll(rows: readonly Fields[]): Promise<readonly number[]> {
    return this.#engine.writeOnce(async (db) => {
      const ids: number[] = []
      for (const fields of rows) ids.push(await this.#addIn(db, fields))
      return ids
    })
  }

  async #addIn(db: Kysely<Tables>, fields: Fields, settle?: (id: number) => Partial<Fields>): Promise<number> {
    const { table, written } = this.#rules
    const row = { ...defaultsOf(table), ...this.#given(written(fields)) }
    const present = await this.#engine.presentColumns(askWithin(db))
    const values = this.#writable(row, present)
    await this.#checkWrite(db, row, null)
    const { insertId } = await anyTable(db).insertInto(table.name).values(values).executeTakeFirstOrThrow()
    const id = Number(insertId)
    const settled = this.#writable(this.#given(written(settle?.(id) ?? {})), present)
    if (Object.keys(settled).length > 0)
      await anyTable(db).updateTable(table.name).set(settled).where('id', '=', id).execute()
    return id
  }

  edit(id: number, changes: Partial<Fields>): Promise<void> {
    return this.editAll([id], changes)
  }

  editAll(ids: readonly number[], changes: Partial<Fields>, seen: readonly SeenRow[] = []): Promise<void> {
    const known = new Map(seen.map((row) => [row.id, row as Values]))
    return this.#engine.writeOnce(async (db) => {
      for (const id of ids) await this.editWithin(db, id, { changes, seen: known.get(id) ?? {} })
    })
  }

  /** As `edit`, within the transaction `db`: of the row as it was `seen`, in what it says of it. */
  async editWithin(db: Kysely<Tables>, id: number, { changes, seen }: Edit<Fields>): Promise<void> {
    const { table, written } = this.#rules
    const given = this.#given(written(changes))
    const { before, expected, present } = await this.#rowAsSeen(db, id, seen)
    const values = this.#writable(given, present)
    await this.#checkWrite(db, { ...before, ...given }, id)
    if (Object.keys(values).length === 0) return
    // The first rcron's `last_run` may set itself at every update.
    const kept = 'last_run' in table.further ? { last_run: sql.ref('last_run') } : {}
    const { numUpdatedRows } = await anyTable(db)
      .updateTable(table.name)
      .set({ ...values, ...kept })
      .where((eb) => isAsSeen(eb, { ...expected, id }))
      .executeTakeFirst()
    // Between the reading above, which may be of an earlier state, and this.
    if (numUpdatedRows === 0n) throw editConflict(this.#subjectOf(before), table, expected, expected)
  }

  async #rowAsSeen(db: Kysely<Tables>, id: number, seen: Values) {
    const { table } = this.#rules
    const before = await this.#rowOf(db, id)
    const present = await this.#engine.presentColumns(askWithin(db))
    const expected = comparable(seen, table, present.get(table.name) ?? new Set())
    const isChanged = Object.entries(expected).some(([name, value]) => before[name] !== value)
    if (isChanged) throw editConflict(this.#subjectOf(before), table, expected, before)
    return { before, expected, present }
  }

  remove(id: number): Promise<void> {
    return this.removeAll([id])
  }

  removeAll(ids: readonly number[]): Promise<void> {
    return this.#engine.writeOnce(async (db) => {
      for (const id of ids) await this.removeWithin(db, id, {})
    })
  }

  /** As `remove`, within the transaction `db`: of the row as it was `seen`, in what it says of it. */
  async removeWithin(db: Kysely<Tables>, id: number, seen: Values): Promise<void> {
    const { table, checkRemove } = this.#rules
    const { before, expected } = await this.#rowAsSeen(db, id, seen)
    await checkRemove(db, id, this.#subjectOf(before))
    const { numDeletedRows } = await anyTable(db)
      .deleteFrom(table.name)
      .where((eb) => isAsSeen(eb, { ...expected, id }))
      .executeTakeFirstOrThrow()
    if (numDeletedRows === 0n) throw editConflict(this.#subjectOf(before), table, expected, expected)
  }

  async #findIn(ask: Ask, reference: string): Promise<readonly Entry<Row>[]> {
    const { nameColumn, aliasColumn } = this.#rules.shape
    const isId = /^\d{1,15}$/.test(reference)
    const byId = isId ? await this.#select(ask, { column: 'id', is: '=', value: Number(reference) }) : []
    if (byId.length > 0) return this.#entriesOf(byId)
    const byName = await this.#selectNamed(ask, nameColumn, reference)
    if (aliasColumn === undefined || !(await this.#has(ask, aliasColumn))) return this.#entriesOf(byName)
    const known = new Set(byName.map((row) => row['id']))
    const byAlias = (await this.#selectNamed(ask, aliasColumn, reference)).filter((row) => !known.has(row['id']))
    return this.#entriesOf([...byName, ...byAlias].sort((a, b) => Number(a['id']) - Number(b['id'])))
  }

  /** A table may compare without regard to case; names are taken as they are. */
  async #selectNamed(ask: Ask, column: string, reference: string): Promise<readonly RawRow[]> {
    const rows = await this.#select(ask, { column, is: '=', value: reference })
    return rows.filter((row) => row[column] === reference)
  }

  async #has(ask: Ask, column: string): Promise<boolean> {
    return (await this.#engine.presentColumns(ask)).get(this.#rules.table.name)?.has(column) === true
  }

  async #select(ask: Ask, where?: Selection['where']): Promise<readonly RawRow[]> {
    const { table } = this.#rules
    const present = await this.#engine.presentColumns(ask)
    const further = Object.keys(table.further).filter((column) => present.get(table.name)?.has(column))
    const columns = [...selectableColumns(table, present, this.#engine), ...further]
    return await selectRows(ask, { table: table.name, columns, ...(where && { where }) })
  }

  async #rowOf(db: Kysely<Tables>, id: number): Promise<RawRow> {
    const [row] = await this.#select(askWithin(db), { column: 'id', is: '=', value: id })
    if (row !== undefined) return row
    const { noun } = this.#rules.shape
    throw new ExitError(4, `there is no ${noun} ${id}`, `"rcron ${noun} list" shows them`)
  }

  #entriesOf(rows: readonly RawRow[]): readonly Entry<Row>[] {
    const { shape } = this.#rules
    return rows.map((raw) => {
      const name = raw[shape.nameColumn]
      return { id: Number(raw['id']), name: typeof name === 'string' ? name : '', ...judgeRow(raw, shape) }
    })
  }

  #subjectOf(row: RawRow): string {
    const { noun, nameColumn } = this.#rules.shape
    return `${noun} ${String(row['id'])} (${String(row[nameColumn])})`
  }

  #checkWrite(db: Kysely<Tables>, row: Values, id: number | null): Promise<void> {
    const { table, shape } = this.#rules
    return checkWrite(db, { table, noun: shape.noun, row, id })
  }

  #given(columns: Values): Values {
    return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
  }

  /** Leaves out what the table lacks, where that means the same. Throws where the table is missing or none of rcron's. */
  #writable(columns: Values, present: PresentColumns): Values {
    const { table } = this.#rules
    selectableColumns(table, present, this.#engine)
    const absent = Object.keys(columns).filter((column) => !present.get(table.name)?.has(column))
    const lost = absent.filter((column) => columns[column] !== null)
    if (lost.length > 0) {
      throw new OperatorError(
        `${this.#engine.where}: table ${table.name} lacks ${lost.join(', ')}`,
        `${this.#engine.advice.forMissingColumns}, or leave the option out`,
      )
    }
    return Object.fromEntries(Object.entries(columns).filter(([column]) => !absent.includes(column)))
  }
}

/** What a new row has that does not say; a column that is null by default may be missing. */
function defaultsOf({ columns }: Table): Values {
  const defaults = Object.entries(columns).map(([name, column]) => [name, column.default])
  return Object.fromEntries(defaults.filter(([, value]) => value !== undefined))
}

function anyTable(db: Kysely<Tables>): Kysely<AnyTables> {
  return db as unknown as Kysely<AnyTables>
}
