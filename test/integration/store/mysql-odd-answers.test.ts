import { match, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { createMysqlStore } from '../../../src/store/mysql/mysql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { DONE, type Oddness, rowsOf, startOddServer } from './odd-server.ts'

const isReading = (statement: string) => /^\s*(select|show)/i.test(statement)
/** A row whose second value has a length that begins as none does. */
const BROKEN_ROW = Buffer.from([1, 120, 255])

/** A proxy, or whoever answers in the database's place. */
const rows: readonly { readonly what: string; readonly oddness: Oddness }[] = [
  {
    what: 'a session that is shown as no rows at all',
    oddness: (statement) => (/^\s*show/i.test(statement) ? DONE : null),
  },
  {
    what: 'definitions that are no rows, which is another thing than none',
    oddness: (statement) => (/^\s*select/i.test(statement) ? DONE : null),
  },
  {
    what: 'rows that cannot be taken apart',
    oddness: (statement) => (isReading(statement) ? rowsOf(BROKEN_ROW) : null),
  },
]

for (const { what, oddness } of rows) {
  test(`the server answers with ${what}: the database's fault, in words`, async (t) => {
    const { port, close } = await startOddServer(oddness)
    const store = createMysqlStore({
      host: '127.0.0.1',
      port,
      user: 'rc',
      password: 'pw',
      database: 'rcron',
      poolSize: 1,
      tls: null,
    })
    t.after(async () => {
      await store.close()
      close()
    })
    await rejects(store.loadDefinitions(), (error) => {
      match(String(error), /MySQL at 127\.0\.0\.1:\d+, database rcron: the answer cannot be read/)
      return error instanceof StoreError
    })
  })
}
