import { deepEqual, equal, match } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Action } from '../../../src/domain/action.ts'
import { aCron, minute } from '../../support/builders.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { until } from '../../support/wait-until.ts'
import { requireRoot } from '../require-root.ts'
import { aDispatcher } from './a-dispatcher.ts'
import { accessTo, SupervisedLab } from './supervised-lab.ts'

/** A lock directory that takes no writes until the end of the test; what is waited for then ends with the test. */
function aReadOnlyDirectory(t: TestContext, awaited: (directory: string) => Promise<void> = async () => {}): string {
  requireRoot('mounts a file system that takes no writes')
  const directory = mkdtempSync(join(tmpdir(), 'rcron-locks-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=700,size=64k', 'none', directory])
  t.after(async () => {
    execFileSync('mount', ['-o', 'remount,rw', directory])
    await awaited(directory).finally(() => {
      execFileSync('umount', ['--lazy', directory])
      rmSync(directory, { recursive: true })
    })
  })
  return directory
}

/** A run that goes on without a lock gets it as soon as one can be written: no later process of the test's is left looking for that. */
const locked = (directory: string) => until('a lock is written after all', () => readdirSync(directory).length > 0)

/** A daemon of one installation after another, each beside what those before it have left. */
function aStart(t: TestContext, installation: string, directory?: string) {
  const lab = new SupervisedLab()
  t.after(() => lab[Symbol.asyncDispose]())
  const dispatcher = aDispatcher(t, lab, installation, { directory })
  const fire = (action: Action, command: string, hosts: readonly Sshd[], later = 0) => {
    const crons = hosts.map(({ port, clientKey }, index) =>
      aCron({ ...accessTo({ port, secret: clientKey.contents }), id: index + 1, name: 'nightly', action, command }),
    )
    const firing = { job: { name: 'nightly', action }, minute: minute(`2026-03-01T12:0${later}:00Z`), crons }
    return dispatcher.fire(firing, 'schedule').result.then(({ outcomes }) => outcomes.map(({ outcome }) => outcome))
  }
  return { lab, dispatcher, fire }
}

const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [])
const COUNT = 'echo ran >>"$HOME/ran"'

/** A host on which nothing can be claimed: neither in the home of its user nor beside it. */
async function aHostWithoutSpool(t: TestContext): Promise<Sshd> {
  const user = `rcron-none-${randomBytes(4).toString('hex')}`
  const sshd = await startSshd({ environment: { XDG_STATE_HOME: '/dev/null', LOGNAME: user } })
  t.after(() => sshd.stop())
  const place = `/var/tmp/rcron-${user}`
  mkdirSync(place)
  chmodSync(place, 0o755)
  t.after(() => execFileSync('rmdir', [place]))
  return sshd
}

test('a run that neither a lock nor its host could remember does not begin, and the next host is tried', async (t) => {
  const [bare, sound] = [await aHostWithoutSpool(t), await startSshd()]
  t.after(() => sound.stop())
  const { fire } = aStart(t, randomBytes(16).toString('hex'), aReadOnlyDirectory(t))
  const [first, second] = await fire('failover', COUNT, [bare, sound])
  match(
    first?.kind === 'refused' ? first.reason : `${first?.kind}`,
    /^rcron cannot write a lock file, and its host cannot claim it/,
  )
  deepEqual(
    [second?.kind, linesOf(join(bare.home, 'ran')), linesOf(join(sound.home, 'ran'))],
    ['succeeded', [], ['ran']],
  )
  equal((await fire('all', COUNT, [bare], 1))[0]?.kind, 'refused')
})

test('a host that cannot remember a run runs it under a lock', async (t) => {
  const bare = await aHostWithoutSpool(t)
  const { fire } = aStart(t, randomBytes(16).toString('hex'))
  deepEqual(await fire('failover', COUNT, [bare]), [{ kind: 'succeeded' }])
  deepEqual(linesOf(join(bare.home, 'ran')), ['ran'])
})

for (const [action, kind] of [
  ['failover', 'skipped'],
  ['shuffle', 'skipped'],
  ['all', 'skipped'],
  ['clobber', 'blocked'],
] as const) {
  test(`${action}: a daemon that is restarted while no lock can be written begins nothing beside a run of before, which its host knows`, async (t) => {
    const sshd = await startSshd()
    t.after(() => sshd.stop())
    const [installation, directory] = [randomBytes(16).toString('hex'), aReadOnlyDirectory(t, locked)]
    const before = aStart(t, installation, directory)
    void before.fire(action, `${COUNT}; until [ -e "$HOME/go" ]; do sleep 0.05; done; echo >"$HOME/over"`, [sshd])
    await until('the first run is under way', () => linesOf(join(sshd.home, 'ran')).length === 1)
    void before.dispatcher.abandon()
    await before.lab.disconnect()
    const after = aStart(t, installation, directory)
    const [outcome] = await after.fire(action, COUNT, [sshd], 1)
    match(
      outcome && 'reason' in outcome ? outcome.reason : '',
      /^run [0-9a-f]{32}, which excludes it, is alive on its host/,
    )
    deepEqual([outcome?.kind, linesOf(join(sshd.home, 'ran'))], [kind, ['ran']])
    writeFileSync(join(sshd.home, 'go'), '')
    await until('it has ended', () => existsSync(join(sshd.home, 'over')))
    await until('its host knows', async () => (await after.fire(action, COUNT, [sshd], 2))[0]?.kind === 'succeeded')
  })
}
