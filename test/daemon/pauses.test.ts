import { deepEqual, equal, match } from 'node:assert/strict'
import { renameSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type TestContext, test } from 'node:test'
import type { PauseList, Status } from '../../src/control/schemas.ts'
import { rcron } from '../support/daemon.ts'
import { until } from '../support/wait-until.ts'
import { aLab, type LabCron } from './lab.ts'

const NEVER = { cron_min: '0', cron_hour: '0', cron_dom: '29', cron_mon: '2', cron_dow: '*' } as const
const me = userInfo().username

async function aPausableLab(t: TestContext, crons: readonly LabCron[], hosts = 1) {
  const lab = await aLab(t, crons, { hosts })
  const run = (...words: string[]) => rcron(words, lab.environment)
  const json = async <Said>(...words: string[]): Promise<Said> => JSON.parse((await run(...words, '--json')).stdout)
  return { lab, run, json }
}

test('a pause is made without a daemon, holds in one that starts, and is recorded as PAUSED, not as missed', async (t) => {
  const { lab, run, json } = await aPausableLab(t, [
    { cron_name: 'dump', cron_path: 'echo dump >> "$HOME/ran"' },
    { cron_name: 'sync', cron_path: 'echo sync >> "$HOME/ran"' },
  ])
  const paused = await run('pause', 'dump', '--for', '2h', '--reason', 'restore \u001b[31munder way')
  equal(paused.code, 0, paused.stderr)
  match(paused.stdout, /^paused dump until \d\d:\d\d:\d\d\S+: 1 cron is not started$/m)
  match(paused.stderr, /No daemon is running: this takes effect when one starts\./)
  const daemon = lab.start()
  await daemon.tells(/READY=1/)
  await until('the other ran', () => lab.read('ran') !== '')
  await until('it is in the history', async () => {
    const { items } = await json<{ readonly items: readonly Record<string, unknown>[] }>('history', 'dump')
    return items.length > 0 && items.every(({ code, outcome }) => code === 'PAUSED' && outcome === 'paused')
  })
  equal(lab.read('ran').includes('dump'), false)
  equal((await json<{ readonly items: readonly unknown[] }>('failed')).items.length, 0)

  const listed = await run('pause')
  match(
    listed.stdout,
    /^pause +of +state +rows +by +reason\n[0-9a-f]{8} +dump +until \S+ +1 +\S+ +restore \\x1b\[31munder way\n$/,
  )
  match((await run('cron', 'list')).stdout, /paused +dump/)
  match((await run('cron', 'list', 'state:paused')).stdout, /dump/)
  match((await run('next')).stdout, /dump, paused/)
  match((await run('ps')).stderr, /paused: dump until \S+ \(\S+\): restore/)
  match((await run('status')).stdout, /^paused: dump until /m)
  match((await run()).stdout, /; paused: dump until /)
  const [pause] = (await json<PauseList>('pause')).items
  deepEqual([pause?.of, pause?.by, pause?.isInForce, pause?.schedule], ['dump', me, true, null])

  const resumed = await run('resume', 'dump')
  deepEqual([resumed.code, resumed.stdout], [0, 'resumed dump\n'])
  match(resumed.stderr, /The running daemon goes by it now\./)
  equal((await json<PauseList>('pause')).items.length, 0)
  const again = await run('resume', 'dump')
  equal(again.code, 4)
  match(again.stderr, /dump is not paused by itself/)
  const audited = await json<{ readonly items: readonly Record<string, unknown>[] }>('audit')
  deepEqual(
    audited.items.map(({ actor, action, subject }) => [actor, action, subject]),
    [
      // The second one was refused, and is there as well.
      [me, 'resume', 'dump'],
      [me, 'resume', 'dump'],
      [me, 'pause', 'dump'],
    ],
  )
})

test('a pause holds over a restart while the store is away', async (t) => {
  const { lab, run } = await aPausableLab(t, [{ cron_name: 'dump', cron_path: 'echo dump >> "$HOME/ran"', ...NEVER }])
  const first = lab.start()
  await first.tells(/READY=1/)
  const paused = await run('pause', 'system:127.0.0.1', '--reason', 'new disks')
  equal(paused.code, 0, paused.stderr)
  match(paused.stderr, /The running daemon goes by it now\./)
  await first.end()
  renameSync(lab.database, `${lab.database}.away`)
  const next = lab.start()
  await next.event('that it has the cache', ({ msg, from }) => msg === 'definitions read' && from === 'cache')
  const refused = await run('run', 'dump', '--wait')
  equal(refused.code, 6)
  match(
    refused.stderr,
    /nothing was started: system:127\.0\.0\.1 is paused until somebody resumes it by \S+: new disks/,
  )
  const away = await run('pause', 'dump', '--reason', 'x')
  equal(away.code, 1)
  match(away.stderr, /nothing was changed: SQLite at /)
  const forced = await run('run', 'dump', '--wait', '--force')
  equal(forced.code, 0, forced.stderr)
  equal(lab.read('ran'), 'dump\n')
})

test('a job by hand leaves out the hosts that are paused, and what runs already goes on', async (t) => {
  const { lab, run, json } = await aPausableLab(
    t,
    [
      { cron_name: 'dump', cron_path: 'echo one >> "$HOME/ran"', on: 1, ...NEVER, tags: 'first,db' },
      { cron_name: 'dump', cron_path: 'echo two >> "$HOME/ran"', on: 2, ...NEVER },
    ],
    2,
  )
  await lab.start().tells(/READY=1/)
  const [one, two] = lab.hosts.map(({ port }) => `127.0.0.1:${port}`)
  equal((await run('pause', `system:${one}`, '--reason', 'x')).code, 0)
  equal((await run('run', 'dump', '--wait')).code, 0)
  deepEqual([lab.read('ran', 1), lab.read('ran', 2)], ['', 'two\n'])
  equal((await run('pause', `dump@${two}`, '--until', 'tomorrow 06:00', '--reason', 'y')).code, 0)
  equal((await run('run', 'dump', '--wait')).code, 6)
  equal((await run('resume', '2')).code, 0)
  equal((await run('run', 'dump', '--wait')).code, 0)
  equal((await run('pause', 'tag:first', 'dump', '--reason', 'z')).code, 0)
  equal((await run('resume', 'tag:first', 'dump')).code, 0)
  equal((await run('pause', '--all', '--schedule', '* * * * *', '--for', '5m', '--reason', 'always')).code, 0)
  const { pauses } = await json<Status>('status')
  deepEqual(
    pauses.map(({ of, isInForce, crons, schedule, minutes }) => [of, isInForce, crons, schedule, minutes]),
    [
      [`system:${one}`, true, 1, null, null],
      ['--all', true, 2, '* * * * *', 5],
    ],
  )
  equal((await run('run', 'dump', '--wait')).code, 6)
})

const UNUSABLE: readonly (readonly [readonly string[], number, RegExp])[] = [
  [['pause', 'dump'], 2, /--reason: missing/],
  [['pause', '--reason', 'x'], 2, /nothing to pause was given/],
  [['pause', 'dump', '--for', 'soon', '--reason', 'x'], 2, /--for: found "soon", expected a length of time/],
  [
    ['pause', 'dump', '--until', '2020-01-01', '--reason', 'x'],
    2,
    /--until: found "2020-01-01", expected a time to come/,
  ],
  [['pause', 'dump', '--for', '1h', '--until', '06:00', '--reason', 'x'], 2, /--until: given beside --for/],
  [['pause', 'dump', '--schedule', '0 2 * * *', '--reason', 'x'], 2, /--for: missing: a window/],
  [['pause', 'dump', '--schedule', '61 2 * * *', '--for', '1h', '--reason', 'x'], 2, /schedule: .*61/],
  [['pause', 'dunp', '--reason', 'x'], 4, /dunp: there is no such job[\s\S]*Did you mean dump\?/],
  [['pause', 'system:db9', '--reason', 'x'], 4, /there is no system db9/],
  [['pause', 'tag:nothing', '--reason', 'x'], 4, /nothing has the tag nothing/],
  [['resume'], 2, /nothing to resume was given/],
  [['resume', 'dump'], 4, /dump is not paused by itself[\s\S]*Nothing is\./],
]
test('what cannot be paused is said, and nothing is', async (t) => {
  const { lab, run, json } = await aPausableLab(t, [{ cron_name: 'dump', cron_path: 'true', ...NEVER }])
  const check = async () => {
    for (const [words, status, said] of UNUSABLE) {
      const { code, stderr } = await run(...words)
      equal(code, status, `${words.join(' ')}: ${stderr}`)
      match(stderr, said)
    }
    equal((await json<PauseList>('pause')).items.length, 0)
  }
  await check()
  await lab.start().tells(/READY=1/)
  await check()
})
