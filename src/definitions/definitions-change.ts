import type { Definitions } from '../domain/rows.ts'

/** How many rows differ between two readings. */
export type DefinitionsChange = { readonly added: number; readonly changed: number; readonly removed: number }

/** Rows compared between two yields: a millisecond or so. */
const STEP_ROWS = 1000

type Row = { readonly id: number }
type Rows = readonly Row[]

/** Compares two readings row by row; a yield every millisecond or so lets the caller serve others. */
export function* changeSteps(before: Definitions, after: Definitions): Generator<void, DefinitionsChange> {
  const tables: readonly (readonly [Rows, Rows])[] = [
    [before.auths, after.auths],
    [before.systems, after.systems],
    [before.crons, after.crons],
  ]
  const sum = { added: 0, changed: 0, removed: 0 }
  for (const [old, fresh] of tables) {
    const { added, changed, removed } = yield* compareRows(old, fresh)
    sum.added += added
    sum.changed += changed
    sum.removed += removed
  }
  return sum
}

function* compareRows(before: Rows, after: Rows): Generator<void, DefinitionsChange> {
  const known = new Map(before.map((row) => [row.id, row]))
  let [added, changed] = [0, 0]
  for (const [index, row] of after.entries()) {
    if (index % STEP_ROWS === STEP_ROWS - 1) yield
    const old = known.get(row.id)
    known.delete(row.id)
    if (old === undefined) added += 1
    else if (!areEqual(old, row)) changed += 1
  }
  return { added, changed, removed: known.size }
}

/** Rows of one table have their columns in one order. */
function areEqual(one: Row, other: Row): boolean {
  const values = Object.values(other)
  return Object.values(one).every((value, index) => value === values[index])
}
