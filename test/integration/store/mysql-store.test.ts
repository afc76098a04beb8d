import { startMariadb } from '../../support/mariadb.ts'
import { storeOn } from './store-on.ts'
import { describeStore } from './store-suite.ts'

describeStore('MariaDB', async () => {
  const server = await startMariadb()
  const store = storeOn(server)
  return {
    store,
    another: () => storeOn(server),
    query: (sql) => server.query(sql),
    end: async () => {
      await store.close()
      await server.stop()
    },
  }
})
