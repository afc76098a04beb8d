import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'

const CHILD = new URL('./process/noting-child.ts', import.meta.url).pathname
const LIVES = 12

test('whenever a process is killed, what it has noted is in the store once, and the roll-ups are those of the rows', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-killed-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [journal, path] = [join(folder, 'run-records.db'), join(folder, 'store.db')]
  const store = createSqliteStore(path)
  await store.applySchema(await store.planSchema())
  const noted = new Set<number>()
  for (let life = 0; life < LIVES; life++) {
    const child = spawn(
      process.execPath,
      [CHILD, journal, path, String(noted.size), life % 2 === 0 ? '' : String(10 + life)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let said = ''
    // Somewhere in its work, further on in each life: in a note, while rows gather, in a transaction, before the journal lets go of them.
    const enough = noted.size + 20 + life * 41
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (Math.max(...said.split('\n').map(Number)) >= enough) child.kill('SIGKILL')
    }
    for (const line of said.split('\n').slice(0, -1)) noted.add(Number(line))
  }
  const last = spawn(process.execPath, [CHILD, journal, path, '0', 'last'], { stdio: ['ignore', 'inherit', 'inherit'] })
  const [status] = await once(last, 'exit')
  equal(status, 0)

  const beside = new DatabaseSync(path)
  t.after(() => beside.close())
  const all = (sql: string) =>
    beside
      .prepare(sql)
      .all()
      .map((row) => Object.values(row))
  const [[firings, minutes] = []] = all('select count(*), count(distinct due_at) from rcron_firings')
  const [[runs] = []] = all('select count(*) from rcron_runs')
  // The last thing of a life may have been noted and not been said any more.
  ok(Number(firings) >= noted.size && Number(firings) <= noted.size + LIVES, `${firings} of ${noted.size}`)
  deepEqual([minutes, Number(runs) >= Number(firings)], [firings, true])
  const [[orphans] = []] = all(
    'select count(*) from rcron_runs r left join rcron_firings f on f.id = r.firing where f.id is null',
  )
  equal(orphans, 0)
  const rollups = () =>
    ['rcron_rollups', 'rcron_days', 'rcron_hours'].map((table) => all(`select * from ${table} order by 1, 2`))
  const before = rollups()
  await store.rebuildHistory(0, () => {})
  deepEqual(rollups(), before)
  await store.close()
})
