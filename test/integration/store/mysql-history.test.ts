import { startMariadb } from '../../support/mariadb.ts'
import { describeHistory } from './history-suite.ts'
import { storeOn } from './store-on.ts'

describeHistory('MariaDB', async () => {
  const server = await startMariadb()
  const [store, another] = [storeOn(server), storeOn(server)]
  return {
    store,
    another,
    query: (sql) => server.query(sql),
    explain: async (sql) => {
      const lines = await server.query('analyze table rcron_firings, rcron_runs, rcron_rollups', `explain ${sql}`)
      return lines.map((row) => {
        const text = JSON.stringify(row)
        return row['key'] === null || /filesort|temporary/i.test(String(row['Extra'])) ? `reads all: ${text}` : text
      })
    },
    end: async () => {
      await store.close()
      await another.close()
      await server.stop()
    },
  }
})
