import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { SqliteThread } from '../../../src/store/sqlite/sqlite-thread.ts'
import { describeHistory } from './history-suite.ts'

for (const where of ['here', 'in a thread'])
  describeHistory(`SQLite, written ${where}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rcron-history-'))
    const path = join(folder, 'history.db')
    const thread = where === 'here' ? null : new SqliteThread()
    const [store, another] = [createSqliteStore(path, { thread }), createSqliteStore(path, { thread })]
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
        await thread?.[Symbol.asyncDispose]()
        rmSync(folder, { recursive: true })
      },
    }
  })
