import { deepEqual } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Dispatcher } from '../../../src/dispatch/dispatcher.ts'
import { runIdOf } from '../../../src/dispatch/run-id.ts'
import type { Cron } from '../../../src/domain/cron.ts'
import { aCron, minute, RecordingLog } from '../../support/builders.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { until } from '../../support/wait-until.ts'
import { aDispatcher } from './a-dispatcher.ts'
import { accessTo, SupervisedLab } from './supervised-lab.ts'

const NOON = minute('2026-03-01T12:00:00Z')

/** Two daemons that know nothing of each other but have one installation id, as when a backup was restored beside its original. */
async function aRestoredBackup(t: TestContext) {
  const installation = randomBytes(16).toString('hex')
  const labs = [new SupervisedLab(), new SupervisedLab()] as const
  for (const lab of labs) t.after(() => lab[Symbol.asyncDispose]())
  const hosts = [await startSshd(), await startSshd()] as const
  for (const host of hosts) t.after(() => host.stop())
  const daemons = labs.map((lab) => aDispatcher(t, lab, installation))
  const idOf = (cronId: number) => runIdOf({ series: installation, cronId, minute: NOON, attempt: 1 })
  return { daemons, labs, hosts, installation, idOf }
}

/** Writes down which run it is of, and ends with `status` a while later: the other daemon comes in the middle of it. */
const work = (status: number) => `echo "$RCRON_RUN" >>"$HOME/ran"; sleep 0.3; exit ${status}`

function ranOn({ home }: Sshd): readonly string[] {
  const path = join(home, 'ran')
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

async function firedBy(daemon: Dispatcher, crons: readonly Cron[]) {
  const [first] = crons
  if (first === undefined) throw new Error('a firing without a cron')
  const job = { name: first.name, action: first.action }
  const { outcomes } = await daemon.fire({ job, minute: NOON, crons }, 'schedule').result
  return outcomes.map(({ run, outcome }) => ({ run, outcome }))
}

for (const [action, statuses, walked] of [
  ['failover', [3, 0], 2],
  ['failover', [0, 0], 1],
  ['all', [3, 0], 2],
] as const) {
  test(`E10: a restored backup fires the same minute, ${action}, the hosts end with ${statuses}: one start on each`, async (t) => {
    const { daemons, hosts, idOf } = await aRestoredBackup(t)
    const crons = hosts.map(({ port, clientKey }, index) =>
      aCron({
        ...accessTo({ port, secret: clientKey.contents }),
        id: index + 1,
        name: 'twice',
        action,
        command: work(statuses[index] ?? 0),
      }),
    )
    const fired = await Promise.all(daemons.map((daemon) => firedBy(daemon, crons)))
    const expected = statuses.slice(0, walked).map((status, index) => ({
      run: idOf(index + 1),
      outcome: status === 0 ? { kind: 'succeeded' } : { kind: 'failed', exitCode: status },
    }))
    deepEqual(fired, [expected, expected])
    deepEqual(
      hosts.map(ranOn),
      hosts.map((_, index) => (index < walked ? [idOf(index + 1)] : [])),
    )
  })
}

test('a walk is adopted whose next run its host had been handed already, of which no lock tells: one start on each host, and its end is told', async (t) => {
  const { labs, hosts, installation, idOf } = await aRestoredBackup(t)
  const crons = hosts.map(({ port, clientKey }, index) =>
    aCron({
      ...accessTo({ port, secret: clientKey.contents }),
      id: index + 1,
      name: 'walk',
      command: untilGo(3 * (1 - index)),
    }),
  )
  const [before, after] = [aLockDirectory(t), aLockDirectory(t)]
  const holder = { pid: 1, start: '1', boot: 'an earlier one' }
  const first = aDispatcher(t, labs[0], installation, { directory: before, holder })
  void firedBy(first, crons)
  await until('the first host has begun', () => ranOn(hosts[0]).length === 1)
  cpSync(before, after, { recursive: true, filter: (path) => !path.includes('.tmp') })
  go(hosts[0])
  await until('the second host has begun', () => ranOn(hosts[1]).length === 1)
  await first.abandon()

  const log = new RecordingLog()
  const second = aDispatcher(t, labs[1], installation, {
    log,
    directory: after,
    accessTo: () => crons[0] ?? null,
    cronOf: (id) => crons.find((cron) => cron.id === id) ?? null,
  })
  await second.adopt()
  await until('the firing goes on', () => log.of('info').some((line) => line.startsWith('failover continues')))
  go(hosts[1])
  await second.idle()
  deepEqual(hosts.map(ranOn), [[idOf(1)], [idOf(2)]])
  const ends = log.entries.filter(({ message }) => message === 'run ended')
  deepEqual(
    ends.map(({ fields }) => [fields['run'], fields['outcome']]),
    [
      [idOf(1), 'failed'],
      [idOf(2), 'succeeded'],
    ],
  )
})

/** Writes down which run it is of, and ends with `status` when it is let go. */
const untilGo = (status: number) =>
  `echo "$RCRON_RUN" >>"$HOME/ran"; for turn in $(seq 600); do [ -e "$HOME/go" ] && exit ${status}; sleep 0.1; done`

function go({ home }: Sshd): void {
  writeFileSync(join(home, 'go'), '')
}

function aLockDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-locks-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
