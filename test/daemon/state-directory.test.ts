import { equal, match } from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, truncateSync, writeSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { until } from '../support/wait-until.ts'
import { aFakeClock, aLab } from './lab.ts'

const MINUTE_MS = 60_000
/** What an earlier daemon did in these minutes cannot be known. */
const ASSUMED_PLANNED =
  'cannot write the minute mark: minutes due since the last write may already have run and are not run again'
/** A mount namespace of its own; whoever is not root needs a user namespace for it. */
const UNSHARE = userInfo().uid === 0 ? ['unshare', '-m'] : ['unshare', '-rm']

/** Runs the daemon where `mount` was done to its state directory, $S. */
const mounted = (state: string, mount: string) => [...UNSHARE, 'sh', '-c', `S=${state}; ${mount} && exec "$0" "$@"`]

/** A lab whose state directory proper is apart from the store and the clock. */
async function aLabApart(t: TestContext) {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const state = join(lab.state, 'apart')
  mkdirSync(join(state, 'locks'), { recursive: true, mode: 0o700 })
  const clock = aFakeClock(lab, 5_000)
  // A host that is met for the first time is refused where its key cannot be learnt.
  const apart = { RCRON_STATE_DIR: state, RCRON_KNOWN_HOSTS_FILE: join(lab.state, 'known_hosts') }
  const start = (mount: string) =>
    lab.start({ environment: { ...clock.environment, ...apart }, wrapper: mounted(state, mount) })
  const ran = (times: number) =>
    until(`the job has run ${times} times`, () => lab.read('runs') === 'ran\n'.repeat(times))
  return { lab, state, clock, start, ran }
}

test('C3: a full disk under the state directory from the start on: alarms, and every minute from the next one on fires', async (t) => {
  const { clock, start, ran } = await aLabApart(t)
  const daemon = start('mount -t tmpfs -o size=16k,mode=0700 tmpfs $S; cat /dev/zero > $S/ballast 2>/dev/null; true')
  match(String((await daemon.said(ASSUMED_PLANNED))['err']), /ENOSPC/)
  await daemon.tells(/READY=1/)
  for (const times of [1, 2]) {
    clock.move(MINUTE_MS)
    await ran(times)
  }
  match(String((await daemon.said('cannot write the minute mark; rcron continues from memory'))['err']), /ENOSPC/)
  equal((await daemon.said('run continues without a lock file')).level, 'alarm')
  equal(await daemon.stop(), 0)
})

test('C3: a read-only state directory: told, a second daemon would not be detected; a restart runs nothing twice, and goes on', async (t) => {
  const { clock, start, ran, lab } = await aLabApart(t)
  const readOnly = 'mount --bind $S $S && mount -o remount,bind,ro $S'
  const daemon = start(readOnly)
  match(String((await daemon.said('a second daemon would not be detected'))['reason']), /cannot be locked/)
  await daemon.said(ASSUMED_PLANNED)
  await daemon.tells(/READY=1/)
  clock.move(MINUTE_MS)
  await daemon.ended('job', 'succeeded')
  equal(await daemon.stop(), 0)

  const restarted = start(readOnly)
  await restarted.tells(/READY=1/)
  clock.move(MINUTE_MS)
  await ran(2)
  clock.move(MINUTE_MS)
  await ran(3)
  equal(await restarted.stop(), 0)
  equal(lab.read('runs'), 'ran\n'.repeat(3))
})

test('C3: a disk that fills up while it runs, and has room again: no minute is lost', async (t) => {
  const { clock, start, ran, state } = await aLabApart(t)
  const daemon = start('mount -t tmpfs -o size=256k,mode=0700 tmpfs $S')
  await ran(1)
  // In the daemon's own view of the files.
  const inside = join('/proc', String(daemon.pid), 'root', state)
  await daemon.said('run ended')
  fillUp(join(inside, 'ballast'))
  clock.move(MINUTE_MS)
  await daemon.event('an alarm', ({ level }) => {
    fillUp(join(inside, 'ballast')) // What was given free meanwhile.
    return level === 'alarm'
  })
  await ran(2)
  await daemon.said('run ended', 2)
  truncateSync(join(inside, 'ballast'))
  const alarms = daemon.events.filter(({ level }) => level === 'alarm').length
  clock.move(MINUTE_MS)
  await ran(3)
  await daemon.said('run ended', 3)
  equal(daemon.events.filter(({ level }) => level === 'alarm').length, alarms)
  equal(await daemon.stop(), 0)
})

function fillUp(path: string): void {
  const file = openSync(path, 'a')
  try {
    for (;;) writeSync(file, Buffer.alloc(4096))
  } catch {
    // Full.
  } finally {
    closeSync(file)
  }
}
