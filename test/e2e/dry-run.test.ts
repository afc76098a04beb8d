import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { takeStateLock } from '../../src/daemon/system-state-lock.ts'
import { localBootId } from '../../src/platform/process-identity.ts'
import { realClock } from '../support/real-clock.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const host = await systems.add({ host: 'db1.example.com' })
  const user = await auths.add({ user: 'x', password: 'y' })
  const add = (cron_name: string, cron_min: string) =>
    crons.add({ cron_name, cron_path: 'true', enabled: 1, host, user, cron_min })
  await add('often', '*')
  await add('boot', '@reboot')
})
const inState = (name: string) => join(rcron.stateDirectory, name)

/** Every file of the state directory with what it holds. */
function stateFiles(): readonly (readonly [string, string])[] {
  const names = readdirSync(rcron.stateDirectory, { recursive: true, encoding: 'utf8' })
  return names.sort().map((name) => [name, name === 'locks' ? '' : readFileSync(inState(name), 'latin1')])
}

for (const words of [[], ['--at', '2026-03-01T02:30'], ['--json']]) {
  test(`tick --dry-run ${words.join(' ')} leaves the state directory as it is`, async () => {
    const before = stateFiles()
    deepEqual(
      before.map(([name]) => name),
      ['rcron.db'],
    )
    match(await rcron.ok('tick', '--dry-run', ...words), /often.*runs/)
    deepEqual(stateFiles(), before)
  })
}

test('where nothing was made yet, nothing is made, and the way on is told', async () => {
  using fresh = new ResidentRcron()
  for (const make of [() => {}, () => mkdirSync(fresh.stateDirectory)]) {
    make()
    const before = readdirSync(fresh.directory, { recursive: true })
    const { status, stderr } = await fresh.run(['tick', '--dry-run'])
    equal(status, 1)
    match(stderr, /"rcron init"/)
    deepEqual(readdirSync(fresh.directory, { recursive: true }), before)
  }
})

test('a dry run may be made beside a daemon', async () => {
  const lock = await takeStateLock(rcron.stateDirectory, realClock)
  try {
    match(await rcron.ok('tick', '--dry-run'), /often.*runs/)
  } finally {
    lock.release()
  }
})

const boots: readonly (readonly [string, string | null, readonly string[], RegExp])[] = [
  ['before the first start', null, [], /\n2 +boot .* runs\n/],
  ['after another boot', '00000000-0000-0000-0000-000000000000', [], /\n2 +boot .* runs\n/],
  ['within the boot that was noted', localBootId(), [], /\n2 +boot .* not due: runs once after each boot/],
  ['at a time of the clock', null, ['--at', '2026-03-01T02:30'], /\n2 +boot .* not due: runs once after each boot/],
]
for (const [when, noted, words, expected] of boots) {
  test(`a cron of @reboot is explained ${when}`, async () => {
    writeFileSync(inState('boot-id'), `${noted ?? 'none'}\n`)
    match(await rcron.ok('tick', '--dry-run', ...words), expected)
  })
}

test('what was planned before is seen; files that cannot be read are named, and stay where they are', async () => {
  const now = Math.floor(Date.now() / 60_000)
  const planned = { format: 'rcron-mark-1', edition: 1, planned: [[now - 1, now + 5]], last: now, open: [] }
  writeFileSync(inState('minute-mark.json'), JSON.stringify(planned))
  mkdirSync(inState('locks'), { mode: 0o700, recursive: true })
  writeFileSync(inState('locks/torn.rcron'), '{')
  const before = stateFiles()
  const { status, stdout, stderr } = await rcron.run(['tick', '--dry-run'])
  equal(status, 0)
  match(stdout, /often .*this minute is already planned/)
  match(stderr, /^warning: .*torn\.rcron: .*incomplete, or not JSON.*\n$/)
  deepEqual(stateFiles(), before)
})

const FOLDED = `2026-03-01T02:30Z: 2 jobs are due
cron       job                                 action    host                    user  command  what happens
1 (+49)    all                                 all       h1, h2, h3 and 47 more  x     true     runs
51         walk                                failover  h1                      x     true     runs
52 (+3)    walk                                failover  h2, h3, h4 and 1 more   x     true     run one after the other if those before them in the job fail
56 (+199)  later1, later2, later3 and 97 more  failover  h1 (+1)                 x     true     not due
256 (+49)  off                                 failover  h1 (+49)                x     true     disabled
-          -                                   -         -                       -     -        cron 306 (bad), cron 307 (bad), cron 308 (bad) and 47 more, cron_min: "61", expected a minute (0–59)
`
test('what is to be said of many crons is said once; with --rows and in JSON of each', async () => {
  using many = new ResidentRcron()
  await many.prepare(async (editor) => {
    const user = await editor.auths.add({ user: 'x', password: 'y' })
    const hosts = await editor.systems.addAll(Array.from({ length: 50 }, (_, at) => ({ host: `h${at + 1}` })))
    const add = (cron_name: string, on: readonly number[], row: object) =>
      editor.crons.addAll(on.map((host) => ({ cron_name, cron_path: 'true', enabled: 1, user, host, ...row })))
    await add('all', hosts, { action: 2 })
    await add('walk', hosts.slice(0, 5), {})
    for (let at = 1; at <= 100; at += 1) await add(`later${at}`, hosts.slice(0, 2), { cron_hour: '5' })
    await add('off', hosts, { enabled: 0 })
    await add('bad', hosts, { cron_min: '61' })
  })
  const words = ['tick', '--dry-run', '--at', '2026-03-01T02:30Z']
  equal(await many.ok(...words), FOLDED)
  const rows = (await many.ok(...words, '--rows')).trimEnd().split('\n')
  equal(rows.length, 2 + 50 + 5 + 200 + 50 + 50)
  equal(((await many.json(...words)) as readonly unknown[]).length, 355)
})

test('--rows without --dry-run is refused, and nothing is run', async () => {
  const { status, stdout, stderr } = await rcron.run(['tick', '--rows'])
  deepEqual([status, stdout], [2, ''])
  match(stderr, /--rows: found without --dry-run/)
})
