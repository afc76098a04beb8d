import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { FiringAnswer, KillReport, Reloading, RunList, Status } from '../../src/control/schemas.ts'
import { type DaemonProcess, rcron } from '../support/daemon.ts'
import { until } from '../support/wait-until.ts'
import { aLab, type Lab, type LabCron, UNTIL_GO } from './lab.ts'

/** Due on no day of this century but for one. */
const NEVER = { cron_min: '0', cron_hour: '0', cron_dom: '29', cron_mon: '2', cron_dow: '*' } as const
const LONG = `echo begun > "$HOME/begun"; ${UNTIL_GO}; echo done > "$HOME/done"`

type Steered = {
  readonly lab: Lab
  readonly daemon: DaemonProcess
  readonly run: (...words: string[]) => ReturnType<typeof rcron>
}

/** A daemon that has begun, with jobs that only commands start. */
async function steered(
  t: TestContext,
  crons: readonly LabCron[],
  {
    hosts = 1,
    environment = {},
  }: { readonly hosts?: number; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<Steered> {
  const lab = await aLab(
    t,
    crons.map((cron) => ({ ...NEVER, ...cron })),
    { hosts },
  )
  const daemon = lab.start({ environment })
  await daemon.tells(/READY=1/)
  return { lab, daemon, run: (...words) => rcron(words, lab.environment) }
}

const parsed = async <Said>(ended: ReturnType<typeof rcron>): Promise<Said> => JSON.parse((await ended).stdout)

test('a job is started by hand, seen, and killed until it is proven dead', async (t) => {
  const { lab, daemon, run } = await steered(t, [{ cron_name: 'long', cron_path: LONG }])
  const started = await run('run', 'long')
  deepEqual([started.code, started.stderr], [0, ''])
  match(started.stdout, /^started long on 127\.0\.0\.1 \(run [0-9a-f]{32}\)\n$/)
  const id = /[0-9a-f]{32}/.exec(started.stdout)?.[0] ?? ''
  await until('it runs', () => lab.read('begun') !== '')
  await until('its process is known', async () => {
    const list = await parsed<RunList>(run('ps', '--json'))
    return list.items[0]?.pid !== null && list.items[0]?.state === 'running'
  })

  const { stdout: listed, stderr: summary } = await run('ps')
  match(listed, /^run +job +host +started +elapsed +usual +pid +state\n/)
  match(
    listed,
    new RegExp(
      `^${id.slice(0, 8)} +long +127\\.0\\.0\\.1 +\\d\\d:\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d +\\d+ s +- +\\d+ +running$`,
      'm',
    ),
  )
  match(summary, /^1 run; 64 slots\. "rcron kill RUN" ends one\.\n$/)
  const list = await parsed<RunList>(run('ps', 'long', '--json'))
  deepEqual([list.schema, list.items.length, list.items[0]?.run], ['rcron.ps.v1', 1, id])
  ok(!Number.isNaN(Date.parse(list.items[0]?.started ?? '')))

  const unasked = await run('kill', 'long')
  deepEqual([unasked.code, unasked.stdout], [2, ''])
  match(unasked.stderr, /--yes: missing, and nobody is there to be asked/)
  const pid = list.items[0]?.pid ?? 0
  ok(existsSync(`/proc/${pid}`))

  const killed = await run('kill', id.slice(0, 4), '--yes')
  equal(killed.code, 0, killed.stderr)
  match(
    killed.stdout,
    new RegExp(
      `^dead: run ${id.slice(0, 8)} of long on 127\\.0\\.0\\.1, confirmed after \\d+ s, killed by operator\\n$`,
    ),
  )
  ok(!existsSync(`/proc/${pid}`))
  equal(daemon.logged('run ended')[0]?.['by'], 'operator')
  equal(daemon.logged('command received').at(-1)?.['by'], userInfo().username)
  deepEqual(
    readdirSync(join(lab.state, 'locks')).filter((name) => name.endsWith('.rcron')),
    [],
  )

  const audited = await parsed<{ readonly items: readonly Record<string, unknown>[] }>(run('audit', '--json'))
  deepEqual(
    audited.items.map(({ actor, action, subject }) => [actor, action, subject]),
    [
      [userInfo().username, 'kill', `run ${id}`],
      [userInfo().username, 'run', 'job long'],
    ],
  )

  await until('its firing is in the history, with who asked', async () => {
    const history = await run('history', 'long', '--json')
    const [item] = JSON.parse(history.stdout).items as readonly Record<string, unknown>[]
    return item?.['actor'] === userInfo().username && item['how'] === 'manual' && item['outcome'] === 'killed'
  })

  const again = await run('kill', 'long', '--yes')
  equal(again.code, 4)
  match(again.stderr, /long: no run of it is active/)
  const over = await run('kill', id, '--yes')
  equal(over.code, 4)
  match(over.stderr, new RegExp(`run ${id} is over: killed by operator`))
  equal((await run('ps')).stderr, 'No run is active.\n')
})

test('with --wait a job ends the command by its own exit status', async (t) => {
  const { run } = await steered(t, [
    { cron_name: 'good', cron_path: 'true' },
    { cron_name: 'bad', cron_path: 'exit 42' },
    { cron_name: 'off', cron_path: 'true', enabled: 0 },
  ])
  const good = await run('run', 'good', '--wait')
  equal(good.code, 0, good.stderr)
  match(good.stdout, /^good on 127\.0\.0\.1: succeeded \(run [0-9a-f]{32}\)$/m)
  const bad = await run('run', 'bad', '--wait')
  equal(bad.code, 42, bad.stderr)
  match(bad.stdout, /bad on 127\.0\.0\.1: failed with exit code 42/)
  const off = await run('run', 'off', '--wait')
  equal(off.code, 0)
  match(off.stderr, /off is disabled: its schedule does not start it; it runs this once/)
  const json = await parsed<FiringAnswer & { readonly schema: string }>(run('run', 'bad', '--wait', '--json'))
  deepEqual([json.schema, json.state, json.outcomes[0]?.exitCode], ['rcron.run.v1', 'ended', 42])
})

test('the overlap rules bind a run by hand, unless it is forced', async (t) => {
  const { lab, run } = await steered(t, [{ cron_name: 'long', cron_path: LONG }])
  equal((await run('run', 'long')).code, 0)
  await until('it runs', () => lab.read('begun') !== '')
  const refused = await run('run', 'long')
  equal(refused.code, 6)
  match(refused.stdout, /long on 127\.0\.0\.1: skipped: run [0-9a-f]{32}, started for/)
  const forced = await run('run', 'long', '--force')
  equal(forced.code, 0, forced.stdout)
  const list = await parsed<RunList>(run('ps', 'long', '--json'))
  equal(list.items.length, 2)
  equal(readdirSync(join(lab.state, 'locks')).filter((name) => name.endsWith('.rcron')).length, 2)
  const killed = await parsed<KillReport>(run('kill', 'long', '--yes', '--json'))
  deepEqual(
    killed.items.map(({ isConfirmed, outcome }) => [isConfirmed, outcome]),
    [
      [true, 'killed by operator'],
      [true, 'killed by operator'],
    ],
  )
  equal(lab.read('done'), '')
})

test('forced runs are found again by the daemon that comes after a crash', async (t) => {
  const { lab, daemon, run } = await steered(t, [{ cron_name: 'long', cron_path: LONG }])
  for (const words of [
    ['run', 'long'],
    ['run', 'long', '--force'],
  ])
    equal((await run(...words)).code, 0)
  await until('both run', async () => {
    const { items } = await parsed<RunList>(run('ps', '--json'))
    return items.length === 2 && items.every(({ state }) => state === 'running')
  })
  await daemon.end()
  const next = lab.start()
  await next.tells(/READY=1/)
  const { items } = await parsed<RunList>(run('ps', 'long', '--json'))
  equal(items.length, 2)
  lab.touch('go')
  await next.said('run ended', 2)
  deepEqual(
    next.logged('run ended').map(({ outcome }) => outcome),
    ['succeeded', 'succeeded'],
  )
})

test('what waits for its place is listed with what it waits for, and ends at once when it is killed', async (t) => {
  const jobs = ['first', 'second'].map((cron_name) => ({ cron_name, cron_path: LONG }))
  const { lab, daemon, run } = await steered(t, jobs, { environment: { RCRON_MAX_CONCURRENT_RUNS: '1' } })
  equal((await run('run', 'first')).code, 0)
  await until('the first runs', () => lab.read('begun') !== '')
  const second = run('run', 'second')
  await daemon.said('run waits for a slot')
  const { stdout, stderr } = await run('ps')
  match(stdout, /second +127\.0\.0\.1 .*waiting: all slots are taken \(1\)$/m)
  match(stderr, /^2 runs, 1 of them waiting; 1 slot\./)
  const status = await parsed<Status>(run('status', '--json'))
  deepEqual(status.runs, { active: 2, waiting: 1, unknown: 0, slots: 1 })
  const killed = await run('kill', 'second', '--yes')
  equal(killed.code, 0, killed.stdout)
  match(killed.stdout, /^dead: run [0-9a-f]{8} of second .*killed by operator$/m)
  deepEqual(
    (await parsed<RunList>(run('ps', '--json'))).items.map(({ job }) => job),
    ['first'],
  )
  equal((await second).code, 20)
})

test('a failover that is killed does not go on to its next host', async (t) => {
  const rows = [1, 2].map((on) => ({ cron_name: 'walk', cron_path: LONG, on }))
  const { lab, run } = await steered(t, rows, { hosts: 2 })
  equal((await run('run', 'walk')).code, 0)
  await until('it runs', () => lab.read('begun', 1) !== '')
  equal((await run('kill', 'walk', '--yes')).code, 0)
  equal(lab.read('begun', 2), '')
  deepEqual((await parsed<RunList>(run('ps', '--json'))).items, [])
  const port = lab.hosts[1]?.port
  equal((await run('run', 'walk', '--host', `127.0.0.1:${port}`)).code, 0)
  await until('it runs on the second host', () => lab.read('begun', 2) !== '')
  equal((await run('kill', `walk@127.0.0.1:${port}`, '--yes')).code, 0)
})

test('a kill that cannot be proved says so, and the run stays active', async (t) => {
  const { lab, run } = await steered(t, [{ cron_name: 'long', cron_path: LONG }])
  equal((await run('run', 'long')).code, 0)
  await until('it runs', () => lab.read('begun') !== '')
  await lab.hosts[0]?.stop()
  const killed = await run('kill', 'long', '--yes')
  equal(killed.code, 7, killed.stdout)
  match(killed.stdout, /^not confirmed: run [0-9a-f]{8} of long on 127\.0\.0\.1: /)
  match(killed.stderr, /It stays active, and nothing is started in its place/)
  equal((await parsed<RunList>(run('ps', '--json'))).items.length, 1)
})

test('what a command changes is in force when it has ended', async (t) => {
  const { lab, run } = await steered(t, [{ cron_name: 'old', cron_path: 'true', enabled: 0 }])
  const added = await run(
    'cron',
    'add',
    '--name',
    'new',
    '--command',
    'exit 7',
    '--schedule',
    '0 0 29 2 *',
    '--host',
    '1',
    '--user',
    '1',
  )
  deepEqual([added.code, added.stderr], [0, 'The running daemon has taken this up.\n'])
  equal((await run('run', 'new', '--wait')).code, 7)
  equal((await run('cron', 'remove', 'new')).stderr, 'The running daemon has taken this up.\n')
  equal((await run('run', 'new')).code, 4)
  lab.sql("update rcron_crons set cron_path = 'exit 9' where cron_name = 'old'")
  const reloaded = await run('reload')
  deepEqual([reloaded.code, reloaded.stdout], [0, 'edited   cron 1 "old"\n'])
  equal((await run('run', 'old', '--wait')).code, 9)
  lab.sql("update rcron_crons set cron_min = '99' where cron_name = 'old'")
  const report = await parsed<Reloading>(run('reload', '--json'))
  deepEqual(report.changes.edited, ['cron 1 "old"'])
  match(report.rejected.join(), /cron 1 \(old\), cron_min: .*99/)
  match((await run('reload')).stderr, /no definition has changed/)
})

test('status says how the daemon is, first whose it is', async (t) => {
  const { lab, daemon, run } = await steered(t, [{ cron_name: 'job', cron_path: 'true' }])
  const { code, stdout } = await run('status')
  equal(code, 0, stdout)
  match(stdout, /^user +\S+\nstore +sqlite:\S+\nstate directory +\S+\ndaemon +running, rcron \S+, process \d+, for /)
  match(stdout, /^definitions +1 of 1 crons enabled; read from the store at \d\d:\d\d:\d\d[+-]\d\d:\d\d$/m)
  const told = await parsed<Status>(run('status', '--json'))
  deepEqual([told.schema, told.daemon?.pid, told.stateDirectory], ['rcron.status.v1', daemon.pid, lab.state])
  const alone = await run()
  equal(alone.code, 0)
  match(alone.stdout, /^rcron \S+: the daemon is running \(process \d+\), 0 runs active, well\n/)
  equal(alone.stdout.match(/^ {2}rcron /gm)?.length, 6)
  equal(await daemon.stop(), 0)
  equal(existsSync(join(lab.state, 'control.sock')), false)
})

test('a store that is away makes it unwell, and commands go on', async (t) => {
  const { lab, run } = await steered(t, [{ cron_name: 'job', cron_path: 'true' }])
  lab.sql('alter table rcron_crons rename to rcron_crons_away')
  const reloaded = await run('reload')
  equal(reloaded.code, 1)
  match(reloaded.stderr, /not read: sqlite:\S+ does not answer; the definitions stay as they were/)
  const { code, stdout } = await run('status')
  equal(code, 10)
  match(stdout, /^! the store is away; definitions are those of the store$/m)
  equal((await run('run', 'job', '--wait')).code, 0)
})

test('a daemon that stops meanwhile leaves the run alive, and the command says so', async (t) => {
  const { lab, daemon, run } = await steered(t, [{ cron_name: 'long', cron_path: LONG }])
  const waiting = run('run', 'long', '--wait')
  await until('it runs', () => lab.read('begun') !== '')
  daemon.signal('SIGKILL')
  const { code, stderr } = await waiting
  equal(code, 8)
  match(stderr, /long was started, and its end is not known: the daemon has gone/)
  doesNotMatch(stderr, /bug in rcron/)
  lab.touch('go')
})

test('a socket that a killed daemon has left is replaced by the next', async (t) => {
  const { lab, daemon, run } = await steered(t, [{ cron_name: 'job', cron_path: 'true' }])
  await daemon.end()
  ok(existsSync(join(lab.state, 'control.sock')))
  const without = await run('ps')
  equal(without.code, 3)
  match(without.stderr, /rcron is not running: nobody answers at \S+control\.sock\nStart it with/)
  const next = lab.start()
  await next.tells(/READY=1/)
  equal((await run('ps')).code, 0)
})

test('a daemon that hangs is said not to answer', async (t) => {
  const { daemon, run } = await steered(t, [{ cron_name: 'job', cron_path: 'true' }])
  daemon.signal('SIGSTOP')
  t.after(() => daemon.signal('SIGCONT'))
  const { code, stderr } = await run('ps')
  equal(code, 3)
  match(stderr, /does not answer\nIt hangs, or is stopped/)
})
