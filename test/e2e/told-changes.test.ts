import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { lockOfRun } from '../../src/dispatch/locks/lock-of-run.ts'
import { formatLockFile, lockNames } from '../../src/dispatch/locks/system-lock-file.ts'
import { answering } from '../support/answering.ts'
import { aCron, minute } from '../support/builders.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

type Fields = Readonly<Record<string, unknown>>

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'x', password: 'y' })
  const host = await systems.add({ host: 'db1' })
  for (const name of ['busy', 'idle']) {
    await crons.add({ cron_name: name, cron_path: 'true', enabled: 1, cron_min: '30', cron_hour: '2', host, user })
  }
})

const run = '0123456789abcdef0123456789abcdef'
const TAKE_UP = 'No daemon is running: this takes effect when one starts.\n'
const NEW = ['--cron-path', 'true', '--schedule', '@daily', '--host', 'db1', '--user', 'x']
const names = async () => ((await rcron.list('cron')) as readonly Fields[]).map((cron) => cron['cron_name'])

test('a new cron is said to be disabled, with what lets it run', async () => {
  const { stdout, stderr } = await rcron.run(['cron', 'add', '--cron-name', 'new', ...NEW])
  equal(stdout, 'added cron 3 (disabled: "rcron cron enable 3" enables it)\n')
  equal(stderr, TAKE_UP)
  equal(await rcron.ok('cron', 'add', '--cron-name', 'on', ...NEW, '--enabled', '1'), 'added cron 4\n')
})

test('every change says when it takes effect; what changes nothing does not', async () => {
  for (const words of [
    ['cron', 'edit', '3', '--cron-min', '5', '--cron-name', 'newer'],
    ['cron', 'edit', '3', '--schedule', '@weekly'],
    ['cron', 'enable', '3'],
    ['cron', 'disable', '3'],
    ['cron', 'remove', '3'],
    ['system', 'add', '--host', 'db2'],
    ['system', 'edit', 'db2', '--port', '2222'],
    ['system', 'remove', 'db2'],
  ]) {
    const { stderr } = await rcron.run(words)
    equal(stderr.endsWith(TAKE_UP), true, `${words.join(' ')}: ${stderr}`)
  }
  for (const words of [
    ['cron', 'list'],
    ['cron', 'remove', '4', '--dry-run'],
    ['cron', 'edit', '4', '--cron-min', '1', '--dry-run'],
  ]) {
    doesNotMatch((await rcron.run(words)).stderr, /daemon/)
  }
})

test('a dry run of a new row is JSON where that is asked for', async () => {
  const said = await rcron.json('cron', 'add', '--cron-name', 'dry', ...NEW, '--dry-run')
  deepEqual((said as Fields)['cron_name'], 'dry')
})

test('next marks what is disabled', async () => {
  await rcron.ok('cron', 'disable', 'idle')
  match(await rcron.ok('next', 'idle'), /^cron 2 \(idle\), disabled {2}30 2 \* \* \*/)
  doesNotMatch(await rcron.ok('next', 'busy'), /disabled/)
  const answers = (await rcron.json('next', 'idle', 'busy', '@daily')) as readonly Fields[]
  deepEqual(
    answers.map(({ enabled }) => enabled),
    [false, true, true],
  )
})

test('a run that is under way is named before its cron is removed or disabled', async () => {
  const cron = aCron({ id: 1, name: 'busy', command: 'true' })
  const facts = { startedAt: Date.parse('2026-03-01T02:30:00Z'), series: null, rest: [], isWaiting: false }
  const lock = lockOfRun({ id: run, cron, minute: minute('2026-03-01T02:30:00Z') }, facts)
  const locks = join(rcron.stateDirectory, 'locks')
  mkdirSync(locks, { recursive: true, mode: 0o700 })
  writeFileSync(
    join(locks, lockNames(lock)[0]),
    formatLockFile({ lock, daemon: { pid: 1, start: '1', boot: 'x' }, claimedFrom: null, isTold: false }),
    {
      mode: 0o600,
    },
  )
  const named = new RegExp(
    `cron 1 "busy" has a run active on host1 since 2026-03-01T02:30:00.000Z \\(${run}\\): it continues`,
  )
  match((await rcron.run(['cron', 'disable', 'busy'])).stderr, named)
  match((await rcron.run(['cron', 'remove', 'busy', '--dry-run'])).stderr, named)
  doesNotMatch((await rcron.run(['cron', 'remove', 'idle', '--dry-run'])).stderr, /has a run/)
})

test('on a terminal one row is shown and asked about as well, and --yes answers', async () => {
  const no = await rcron.inTerminal(answering('Remove it?', 'n'), ['cron', 'remove', '1'])
  equal(no.status, 6)
  match(no.stdout, /run active[\s\S]*1 +busy [\s\S]*cancelled: nothing was removed/)
  deepEqual(await names(), ['busy', 'idle', 'on'])
  const yes = await rcron.inTerminal(answering('Remove', 'n'), ['cron', 'remove', '1', '--yes'])
  deepEqual([yes.status, await names()], [0, ['idle', 'on']])
})

test('where one of several cannot be removed, none is', async () => {
  await rcron.ok('system', 'add', '--host', 'spare')
  equal((await rcron.run(['system', 'remove', 'spare', 'db1'])).status, 6)
  equal(((await rcron.list('system')) as readonly Fields[]).length, 2)
})
