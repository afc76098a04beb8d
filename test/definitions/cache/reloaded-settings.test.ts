import { equal, match } from 'node:assert/strict'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { aDaemonStarter, aFakeClock, aLab } from '../../daemon/lab.ts'
import { aStateDirectory, type DaemonOptions } from '../../support/daemon.ts'

async function aStoreOf(path: string, crons: number): Promise<void> {
  const store = createSqliteStore(path)
  await store.applySchema(await store.planSchema())
  const host = await store.editor.systems.add({ host: '127.0.0.1' })
  const user = await store.editor.auths.add({ user: 'nobody', password: 'x' })
  for (let number = 0; number < crons; number++) {
    await store.editor.crons.add({ cron_name: `job ${number}`, cron_path: 'true', host, user })
  }
  await store.close()
}

test('after a reload to another database the cache is that one’s: taken for it, and for no other', async (t) => {
  const state = aStateDirectory((clean) => t.after(clean))
  const [a, b] = [join(state, 'a.db'), join(state, 'b.db')]
  await aStoreOf(a, 1)
  await aStoreOf(b, 2)
  const use = (database: string) => writeFileSync(join(state, '.env'), `RCRON_DATABASE_URL=sqlite:${database}\n`)
  const environment: DaemonOptions['environment'] = { HOME: state, RCRON_STATE_DIR: state }
  const start = aDaemonStarter(t)

  use(a)
  const reloaded = start({ environment })
  equal((await reloaded.said('definitions read'))['crons'], 1)
  use(b)
  await reloaded.reload()
  equal((await reloaded.said('definitions changed'))['crons'], 2)
  equal(await reloaded.stop(), 0)

  for (const path of [a, b]) {
    renameSync(path, `${path}.away`)
    mkdirSync(path)
  }
  const restarted = start({ environment })
  const read = await restarted.said('definitions read')
  equal(read['from'], 'cache')
  equal(read['crons'], 2)
  equal(await restarted.stop(), 0)

  use(a)
  const other = start({ environment })
  match(String((await other.said('cannot use the cache'))['err']), /another database/)
  equal(other.logged('definitions read').length, 0)
  equal(await other.stop(), 0)
})

test('a reload reads anew the variables that secrets refer to', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'true' }])
  lab.sql("update rcron_auth set password = 'env:RCRON_SECRET_LAB_KEY'")
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.ended('job', 'refused')
  const key = lab.hosts[0]?.clientKey.contents ?? ''
  writeFileSync(join(lab.state, '.env'), `RCRON_SECRET_LAB_KEY="${key.replaceAll('\n', '\\n')}"\n`)
  await daemon.reload()
  clock.move(60_000)
  await daemon.ended('job', 'succeeded')
  equal(await daemon.stop(), 0)
})

test('a changed place or key of the cache waits for the next start, and the log says so without the key', async (t) => {
  const lab = await aLab(t, [])
  const daemon = lab.start()
  await daemon.said('definitions read')
  const key = 'ab'.repeat(32)
  writeFileSync(join(lab.state, '.env'), `RCRON_CACHE_FILE=elsewhere\nRCRON_CACHE_KEY=${key}\n`)
  await daemon.reload()
  const waiting = await daemon.said('changed settings take effect only at the next start')
  equal(JSON.stringify(waiting['settings']), '["cache.file","cache.key"]')
  equal(daemon.output.includes(key), false)
  equal(await daemon.stop(), 0)
})
