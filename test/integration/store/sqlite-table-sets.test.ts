import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteEngine } from '../../../src/store/sqlite/sqlite-engine.ts'
import { inSqlite } from '../../../src/store/sqlite/sqlite-schema.ts'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { describeSets } from './table-sets.ts'

describeSets('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-sets-'))
  const path = join(folder, 'sets.db')
  const beside = new DatabaseSync(path, { timeout: 5_000 })
  return {
    open: (sets) => createSqliteStore(path, { sets: sets.map(inSqlite) }),
    engine: (sets) => new SqliteEngine(path, { sets: sets.map(inSqlite) }),
    query: async (sql) => beside.prepare(sql).all(),
    end: async () => {
      beside.close()
      rmSync(folder, { recursive: true })
    },
  }
})
