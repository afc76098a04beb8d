import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { takeStateLock } from '../../src/daemon/system-state-lock.ts'
import { answering } from '../support/answering.ts'
import { freePort } from '../support/free-port.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { realClock } from '../support/real-clock.ts'
import { startSshd } from '../support/sshd.ts'
import { until } from '../support/wait-until.ts'

type Shown = {
  readonly job: string
  readonly cron: number
  readonly host: string
  readonly outcome: string
  readonly description: string
}

const sshd = await startSshd()
const deadPort = await freePort()
const rcron = new RcronCommand()
after(async () => {
  rcron[Symbol.dispose]()
  await sshd.stop()
})
const file = (name: string) => join(rcron.directory, name)
const linesOf = (name: string) => (existsSync(file(name)) ? readFileSync(file(name), 'utf8').trim().split('\n') : [])

// Systems: 1 dead, 2 and 3 one server under two names. Each job has an hour of its own.
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  const dead = await systems.add({ host: '127.0.0.1', port: deadPort, local_port: deadPort })
  const one = await systems.add({ host: '127.0.0.1', port: sshd.port, local_port: sshd.port })
  const two = await systems.add({ host: 'localhost', port: sshd.port, local_port: sshd.port })
  const add = (hour: number, cron_name: string, action: number, host: number, cron_path: string) =>
    crons.add({ cron_name, cron_path, action, host, user, enabled: 1, cron_min: '0', cron_hour: String(hour) })
  const noteIn = (name: string) => `echo ran >> ${file(name)}`
  await add(1, 'over', 0, dead, noteIn('over'))
  await add(1, 'over', 0, one, noteIn('over'))
  await add(1, 'over', 0, two, noteIn('over'))
  await add(2, 'shuffled', 1, one, noteIn('shuffled'))
  await add(2, 'shuffled', 1, two, noteIn('shuffled'))
  await add(3, 'everywhere', 2, one, noteIn('everywhere'))
  await add(3, 'everywhere', 2, two, `${noteIn('everywhere')}; echo out of luck >&2; exit 3`)
  await add(4, 'held', 0, one, `touch ${file('held')}; while [ -e ${file('hold')} ]; do sleep 0.05; done`)
  const first = file('clobbered')
  await add(5, 'clobber', 3, one, `[ -e ${first} ] && exit 0; touch ${first}; exec sleep 600`)
  await crons.add({ cron_name: 'off', cron_path: 'true', host: one, user, cron_min: '0', cron_hour: '1' })
  await crons.add({ cron_name: 'bad', cron_path: 'true', host: one, user, enabled: 1, cron_min: '61' })
  await crons.add({ cron_name: 'often', cron_path: noteIn('often'), host: one, user, enabled: 1 })
})

async function fired(hour: number): Promise<readonly [number | null, readonly Shown[]]> {
  const { status, stdout, stderr } = await rcron.run(['tick', '--at', at(hour), '--json'])
  if (stdout === '') throw new Error(stderr)
  // The job that is due at every minute is told by a test of its own.
  const shown = (JSON.parse(stdout) as readonly Shown[]).filter(({ job }) => job !== 'often')
  return [status, shown]
}

function at(hour: number): string {
  return `2026-03-01T0${hour}:00`
}

/** The lock files of one job. */
function locksOf(job: string): readonly string[] {
  const directory = join(rcron.stateDirectory, 'locks')
  if (!existsSync(directory)) return []
  const names = readdirSync(directory).filter((name) => name.endsWith('.rcron'))
  return names.filter((name) => textOrNone(join(directory, name)).includes(`"${job}"`))
}

function textOrNone(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // Its run has ended since.
  }
}

test('a dry run tells what would run where, in which order, and why the rest would not; nothing is run', async () => {
  const { status, stdout } = await rcron.run(['tick', '--dry-run', '--rows', '--at', at(1)])
  equal(status, 0)
  match(stdout, /^2026-03-01T01:00Z: 2 jobs are due\ncron +job +action +host +user +command +what happens\n/)
  const said = stdout.split('\n').map((line) => line.replace(/^(\d+) +(\S+).* {2}(?=\S)/, '$1 $2: '))
  for (const line of [
    '1 over: runs',
    '2 over: runs if the one before it in the job fail',
    '3 over: runs if the 2 before it in the job fail',
    '10 off: disabled',
    '4 shuffled: not due',
    '12 often: runs',
  ]) {
    equal(said.includes(line), true, `${line} is not in\n${said.join('\n')}`)
  }
  match(stdout, /cron 11 \(bad\), cron_min: .*61/)
  const explained = (await rcron.json('tick', '--dry-run', '--at', at(1))) as readonly Record<string, unknown>[]
  deepEqual(
    explained.slice(0, 3).map(({ cron, kind, host }) => [cron, kind, host]),
    [
      [1, 'runs', '127.0.0.1'],
      [2, 'stands-by', '127.0.0.1'],
      [3, 'stands-by', 'localhost'],
    ],
  )
  deepEqual([linesOf('over'), linesOf('often'), locksOf('over')], [[], [], []])
})

test('failover goes past a dead host, stops at the first success, and has then succeeded', async () => {
  const [status, shown] = await fired(1)
  deepEqual(
    shown.map(({ cron, outcome }) => [cron, outcome]),
    [
      [1, 'unreachable'],
      [2, 'succeeded'],
    ],
  )
  deepEqual([status, linesOf('over')], [0, ['ran']])
})

test('shuffle runs on one host, the same one for the same minute', async () => {
  const [status, shown] = await fired(2)
  const [, again] = await fired(2)
  deepEqual([status, linesOf('shuffled')], [0, ['ran', 'ran']])
  deepEqual(
    again.map(({ cron }) => cron),
    shown.map(({ cron }) => cron),
  )
})

test('all runs on every host; where one run fails the tick ends with 1 and the row says why', async () => {
  const [status, shown] = await fired(3)
  deepEqual(
    shown.map(({ cron, description }) => [cron, description]),
    [
      [6, 'succeeded'],
      [7, 'failed with exit code 3'],
    ],
  )
  deepEqual([status, linesOf('everywhere')], [1, ['ran', 'ran']])
  const [good, bad] = (await rcron.json('cron', 'show', '6', '7')) as readonly Record<string, unknown>[]
  deepEqual([typeof good?.['duration'], good?.['errors']], ['number', null])
  match(String(bad?.['errors']), /exit code 3.*out of luck/)
})

test('ticks overlap: a run that is still active is skipped, also in a dry run, and left alone', async () => {
  writeFileSync(file('hold'), '')
  const first = rcron.start(['tick', '--at', at(4), '--json'])
  const printed = text(first.stdout)
  const closed = once(first, 'close')
  await until('the first tick runs', () => existsSync(file('held')), 30_000)
  equal(locksOf('held').length, 1)
  match(await rcron.ok('tick', '--at', at(4), '--dry-run'), /held .*skipped: /)
  const [status, [skipped]] = await fired(4)
  deepEqual([status, skipped?.outcome], [1, 'skipped'])
  equal(locksOf('held').length, 1)
  rmSync(file('hold'))
  deepEqual(await closed, [0, null])
  const held = (JSON.parse(await printed) as readonly Shown[]).find(({ job }) => job === 'held')
  deepEqual([held?.outcome, locksOf('held')], ['succeeded', []])
})

test('clobber kills the run of the tick before, and then runs', async () => {
  const first = rcron.start(['tick', '--at', at(5), '--json'])
  const printed = text(first.stdout)
  const closed = once(first, 'close')
  await until('the first run is under way', () => existsSync(file('clobbered')), 30_000)
  match(await rcron.ok('tick', '--at', at(5), '--dry-run'), /clobber .*runs once [0-9a-f]{32} is killed/)
  const [status, [second]] = await fired(5)
  deepEqual([status, second?.outcome], [0, 'succeeded'])
  const [firstStatus] = await closed
  equal(firstStatus, 1)
  const killed = (JSON.parse(await printed) as readonly Shown[]).find(({ job }) => job === 'clobber')
  doesNotMatch(killed?.outcome ?? '', /succeeded/)
  deepEqual(locksOf('clobber'), [])
})

test('by hand jobs can be named: those alone run, by name, id or name and host', async () => {
  const before = linesOf('often').length
  const run = async (...words: readonly string[]) => {
    const { status, stdout } = await rcron.run(['tick', '--at', at(3), ...words, '--json'])
    return [status, ...(JSON.parse(stdout) as readonly Shown[]).map(({ cron }) => cron)]
  }
  deepEqual(await run('everywhere'), [1, 6, 7])
  deepEqual(await run('everywhere@127.0.0.1'), [0, 6])
  deepEqual(await run('6', '6'), [0, 6])
  equal(linesOf('often').length, before)
  const said = await rcron.ok('tick', '--at', at(3), '--dry-run', '--rows', 'everywhere', '4')
  match(
    said,
    /^2026-03-01T03:00Z: 1 job is due\n.*\n6 +everywhere .*runs\n7 +everywhere .*runs\n4 +shuffled .*not due\n$/,
  )
})

const unfit: readonly (readonly [readonly string[], number, RegExp])[] = [
  [
    ['--at', at(3), 'nosuch', 'shuffled', 'off', 'bad'],
    2,
    /cron "nosuch": there is no such cron.*\ncron "shuffled": is not due at 2026-03-01T03:00Z; .*\ncron "off": is disabled; .*\ncron "bad": .*"rcron check"/,
  ],
  [['everywhere'], 2, /"everywhere": crons can only be named together with --at/],
  [['--at', at(3), '--dry-run', 'nosuch'], 4, /cron "nosuch": there is no such cron that can be used/],
]
for (const [words, expected, message] of unfit) {
  test(`tick ${words.join(' ')} runs nothing, and says why`, async () => {
    const before = linesOf('everywhere').length
    const { status, stdout, stderr } = await rcron.run(['tick', ...words])
    deepEqual([status, stdout, linesOf('everywhere').length], [expected, '', before])
    match(stderr, message)
  })
}

test('on a terminal it is asked before more than one job is started by hand', async () => {
  const before = linesOf('often').length
  const no = await rcron.inTerminal(answering('Start these 2 jobs', 'n'), ['tick', '--at', at(3)])
  equal(no.status, 6)
  match(no.stdout, /often \(failover\) on 127\.0\.0\.1[\s\S]*cancelled: nothing was started/)
  equal(linesOf('often').length, before)
  const one = await rcron.inTerminal(answering('Start these', 'n'), ['tick', '--at', at(3), 'often'])
  const all = await rcron.inTerminal(answering('Start these', 'n'), ['tick', '--at', at(2), '--yes'])
  deepEqual([one.status, all.status, linesOf('often').length], [0, 0, before + 2])
})

test('without --at no minute is run twice, however often tick is called', async () => {
  const before = linesOf('often').length
  const minutes: string[] = []
  for (let call = 0; call < 3; call++) {
    const { stdout } = await rcron.run(['tick', '--json'])
    const shown = JSON.parse(stdout) as readonly { readonly minute: string; readonly job: string }[]
    minutes.push(...shown.filter(({ job }) => job === 'often').map(({ minute }) => minute))
  }
  equal(new Set(minutes).size, minutes.length)
  equal(linesOf('often').length - before, minutes.length)
  match(await rcron.ok('tick', '--dry-run'), /often .*(this minute is already planned|runs)/)
})

test('a time that is none ends with 2', async () => {
  const { status, stderr } = await rcron.run(['tick', '--at', 'teatime'])
  equal(status, 2)
  match(stderr, /--at: found "teatime", expected a time: 18:00, .*2026-03-01T12:00/)
})

test('where the store cannot be read, the cache stands in for it', async () => {
  using other = new RcronCommand()
  await other.prepare(async ({ auths, systems, crons }) => {
    const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
    const host = await systems.add({ host: '127.0.0.1', port: sshd.port })
    await crons.add({ cron_name: 'kept', cron_path: 'true', enabled: 1, host, user })
  })
  equal((await other.run(['tick'])).status, 0)
  writeFileSync(join(other.stateDirectory, 'rcron.db'), 'this is no database')
  for (const ending of ['-wal', '-shm']) rmSync(join(other.stateDirectory, `rcron.db${ending}`), { force: true })
  const { status, stdout, stderr } = await other.run(['tick', '--at', at(1)])
  match(stdout, /kept +\d+ +127\.0\.0\.1 .*succeeded/)
  match(stderr, /cannot read the store/)
  equal(status, 0)
})

test('while a daemon uses the state directory, a tick refuses, and one by hand runs under the same locks', async () => {
  const lock = await takeStateLock(rcron.stateDirectory, realClock)
  const before = linesOf('everywhere').length
  try {
    const { status, stderr } = await rcron.run(['tick'])
    equal(status, 6)
    match(
      stderr,
      new RegExp(`an rcron daemon uses it, .*${process.pid}.*\nStop it first, or set RCRON_STATE_DIR.*--dry-run.*--at`),
    )
    const [, shown] = await fired(3)
    equal(shown.length, 2)
  } finally {
    lock.release()
  }
  equal(linesOf('everywhere').length - before, 2)
})

test('on a fresh machine a tick says what to do', async () => {
  using fresh = new RcronCommand()
  const { status, stderr } = await fresh.run(['tick'])
  equal(status, 1)
  match(stderr, /there are no definitions: .*\n.*"rcron init"/)
})
