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
