import type { Problem } from '../../domain/problem.ts'
import { yieldToOthers } from '../../platform/waiting/yielding.ts'
import { readPauses } from '../pauses/read-pauses.ts'
import type { Ask, RawRow } from '../sql/ask.ts'
import type { Engine } from '../sql/engine.ts'
import { schemaWarnings, selectableColumns } from '../sql/present-columns.ts'
import { AUTH_TABLE, CRON_TABLE, SYSTEM_TABLE, type Table } from '../sql/tables.ts'
import type { LoadedDefinitions } from './definition-store.ts'
import { AUTH_SHAPE, CRON_SHAPE, judgeRow, type RowShape, SYSTEM_SHAPE } from './row-shape.ts'
import { selectRows } from './select-rows.ts'

/** Rows a page: small enough to be taken apart well within 50 ms. */
const PAGE_ROWS = 500

/** Reads every row of the three tables as of one moment, and judges their shapes. */
export function loadDefinitions(engine: Engine): Promise<LoadedDefinitions> {
  return engine.readSnapshot(async (ask) => {
    const present = await engine.presentColumns(ask)
    const problems: Problem[] = [...schemaWarnings(present, engine)]
    const read = <Row>(table: Table, shape: RowShape<Row>) =>
      readTable({ ask, table: table.name, columns: selectableColumns(table, present, engine) }, shape, problems)
    const definitions = {
      auths: await read(AUTH_TABLE, AUTH_SHAPE),
      systems: await read(SYSTEM_TABLE, SYSTEM_SHAPE),
      crons: await read(CRON_TABLE, CRON_SHAPE),
    }
    const pauses = await readPauses(ask, present)
    return { definitions: { ...definitions, ...(pauses.length > 0 && { pauses }) }, problems }
  })
}

type Source = { readonly ask: Ask; readonly table: string; readonly columns: readonly string[] }

/** Every row of one table whose shape holds; `problems` gets one entry for each of the others. */
async function readTable<Row>(source: Source, shape: RowShape<Row>, problems: Problem[]): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const page of readPages(source)) {
    for (const raw of page) {
      const { row, problem } = judgeRow(raw, shape)
      if (problem === null) rows.push(row)
      else problems.push(problem)
    }
    await yieldToOthers()
  }
  return rows
}

async function* readPages({ ask, ...source }: Source): AsyncGenerator<readonly RawRow[]> {
  let after: bigint | null = null
  while (true) {
    const where = after === null ? {} : { where: { column: 'id', is: '>', value: after } as const }
    const page = await selectRows(ask, { ...source, ...where, limit: PAGE_ROWS })
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_ROWS) return
    // Exact beyond 2^53, where the driver gives text.
    after = BigInt(last['id'] as number | string)
  }
}
