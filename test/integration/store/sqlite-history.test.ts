import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { describeHistory } from './history-suite.ts'

describeHistory('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-history-'))
  const path = join(folder, 'history.db')
  const [store, another] = [createSqliteStore(path), createSqliteStore(path)]
  await store.applySchema(await store.planSchema())
  const beside = new DatabaseSync(path, { timeout: 5_000 })
  return {
    store,
    another,
    query: async (sql) => beside.prepare(sql).all(),
    explain: async (sql) => {
      const lines = beside
        .prepare(`explain query plan ${sql}`)
        .all()
        .map((row) => String(row['detail']))
      return lines.map((line) => (/^SCAN (?!.*USING)|TEMP B-TREE/.test(line) ? `reads all: ${line}` : line))
    },
    end: async () => {
      beside.close()
      await store.close()
      await another.close()
      rmSync(folder, { recursive: true })
    },
  }
})
