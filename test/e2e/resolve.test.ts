import { deepEqual, equal, match } from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  await auths.add({ user: 'x', password: 'y' })
  await systems.add({ host: 'db1' })
  await crons.add({ cron_name: 'dump', cron_path: 'true', host: 1, user: 1, enabled: 1 })
})
const LOST = { kind: 'lost', code: 'LOST', exitCode: null, durationMs: null, reason: 'its host is gone' } as const
const GOOD = { id: '2'.repeat(32), firing: 'e'.repeat(32) }
const file = readdirSync(rcron.stateDirectory).find((name) => name.endsWith('.db')) ?? ''
const store = createSqliteStore(join(rcron.stateDirectory, file))
await store.writeHistory({
  firings: [aFiringRow(LOST), aFiringRow({ id: GOOD.firing, run: GOOD.id })],
  runs: [aRunRow(LOST), aRunRow(GOOD)],
})
await store.recordRun({ cronId: 1, lastRun: 1e12, durationMs: null, errors: 'lost: its host is gone' })
await store.close()

const REFUSED: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['xyz', '--as', 'failed', '--reason', 'x'], 2, /run "xyz": expected the id of a run/],
  [['1111', '--as', 'fine', '--reason', 'x'], 2, /--as: found "fine", expected succeeded or failed/],
  [['1111', '--as', 'failed'], 2, /--reason: missing/],
  [['abcd', '--as', 'failed', '--reason', 'x'], 4, /abcd: no run in the history/],
  [['2222', '--as', 'failed', '--reason', 'x'], 6, /run 2{32} of dump is not lost: succeeded \(SUCCEEDED\)/],
]
for (const [words, status, said] of REFUSED) {
  test(`resolve ${words.join(' ')} is refused`, async () => {
    const ended = await rcron.run(['resolve', ...words])
    equal(ended.status, status, ended.stderr)
    match(ended.stderr, said)
  })
}

test('a lost run is resolved once, and that is in the audit, before and after', async () => {
  match((await rcron.run(['cron', 'list'])).stdout, /lost +dump/)
  const { stdout } = await rcron.run(['resolve', '1111', '--as', 'failed', '--reason', 'no file \u001b[31m'])
  equal(stdout, `run ${'1'.repeat(32)} of dump on db1 was lost, is failed\n`)
  match((await rcron.run(['cron', 'list'])).stdout, /failed +dump/)
  const again = await rcron.run(['resolve', '1111', '--as', 'succeeded', '--reason', 'x'])
  deepEqual([again.status, again.stdout], [6, ''])
  const { items } = (await rcron.json('audit')) as { readonly items: readonly Record<string, unknown>[] }
  const { was, became } = (items[0]?.['became'] ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>
  deepEqual(
    [items.length, items[0]?.['action'], was?.['outcome'], became?.['outcome']],
    [1, 'resolve', 'lost', 'failed'],
  )
  equal(became?.['reason']?.endsWith(': no file \u001b[31m'), true)
})
