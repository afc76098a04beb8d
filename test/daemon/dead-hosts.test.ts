import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { DaemonProcess } from '../support/daemon.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until, waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab, type FakeClock, type Lab, minuteAt, UNTIL_GO } from './lab.ts'

const FAR_JOBS = 5
const PLACES = 2
/** How much later than in a minute when all is well the good host's run may start. */
const IN_TIME_MS = 2_000
const PASSWORD = 'hunter2-is-not-printed'

/** A good host, and a far one behind a proxy, which has more jobs than places; the places of all together are one more than the far one's. */
async function aLabWithFarHost(t: TestContext) {
  const far = Array.from({ length: FAR_JOBS }, (_, index) => ({
    cron_name: `far${index}`,
    cron_path: `echo >> "$HOME/begun"; ${UNTIL_GO}; echo >> "$HOME/done"`,
    on: 2,
  }))
  const lab = await aLab(t, [...far, { cron_name: 'near', cron_path: 'echo >> "$HOME/near"' }], { hosts: 2 })
  const proxy = await startTcpProxy({ port: lab.hosts[1]?.port ?? 0 })
  t.after(() => proxy.close())
  // Places are counted by the host's name.
  lab.sql(`update rcron_hosts set host = 'localhost', port = ${proxy.port}, local_port = ${proxy.port} where id = 2`)
  for (const [index, { clientKey }] of lab.hosts.entries()) {
    lab.sql(
      `update rcron_auth set password = '${clientKey.contents}', passphrase = '${PASSWORD}' where id = ${index + 1}`,
    )
  }
  const clock = aFakeClock(lab, 5_000)
  const limits = {
    RCRON_MAX_CONCURRENT_RUNS_PER_HOST: String(PLACES),
    RCRON_MAX_CONCURRENT_RUNS: String(PLACES + 1),
  }
  return { lab, proxy, clock, daemon: lab.start({ environment: { ...clock.environment, ...limits } }) }
}

/** Lets `clock` come to the next minute, and answers how late the good host's run of that minute started; it succeeds. */
async function latenessOfNear(daemon: DaemonProcess, clock: FakeClock): Promise<number> {
  const boundary = clock.moveBeforeNext(1_000)
  const minute = minuteAt(boundary)
  const told = (msg: string) =>
    daemon.event(
      `"${msg}" of near in ${minute}`,
      (event) => event.msg === msg && event['job'] === 'near' && event['minute'] === minute,
    )
  const { time } = await told('run started')
  equal((await told('run ended'))['outcome'], 'succeeded')
  return Date.parse(String(time)) - boundary
}

const linesOf = (text: string) => text.split('\n').length - 1

/** The lock files that are there now. */
function locksOf({ state }: Lab): readonly string[] {
  const names = readdirSync(join(state, 'locks')).filter((name) => name.endsWith('.rcron'))
  return names.flatMap((name) => {
    try {
      return [readFileSync(join(state, 'locks', name), 'utf8')]
    } catch {
      return [] // Its run has ended.
    }
  })
}

test('A, E: a host with more jobs than places freezes, and is cut off: the other starts in time, and its runs are found again and end exactly', async (t) => {
  const { lab, proxy, clock, daemon } = await aLabWithFarHost(t)
  const succeeded = (times: number) =>
    daemon.event(
      `${times} successes on the far host`,
      () =>
        daemon
          .logged('run ended')
          .filter(({ host, outcome }) => /^localhost:/.test(String(host)) && outcome === 'succeeded').length === times,
    )
  await daemon.ended('near', 'succeeded')
  await daemon.said('run started', PLACES + 1)
  await until('the far host has begun what has a place', () => linesOf(lab.read('begun', 2)) === PLACES)

  proxy.freeze()
  const whenFrozen = await latenessOfNear(daemon, clock)
  await daemon.said('run skipped', FAR_JOBS)
  proxy.silence()
  proxy.cut()
  await daemon.said('lost contact with run; still counted as active, will probe again', PLACES)
  const locks = await waitUntil('the places of the unknown are given to others', async () => {
    const found = locksOf(lab)
    const begun = found
      .map((lock) => JSON.parse(lock))
      .filter(({ host, isWaiting }) => host === 'localhost' && !isWaiting)
    return begun.length === 2 * PLACES ? found : null
  })
  const whenCut = await latenessOfNear(daemon, clock)
  await daemon.said('run skipped', 2 * FAR_JOBS)
  equal(linesOf(lab.read('begun', 2)), PLACES)

  proxy.thaw()
  await daemon.said('contact with run restored', PLACES)
  lab.touch('go', 2)
  await succeeded(FAR_JOBS)
  const whenWell = await latenessOfNear(daemon, clock)
  await succeeded(2 * FAR_JOBS)
  equal(await daemon.stop(), 0)
  deepEqual([linesOf(lab.read('begun', 2)), linesOf(lab.read('done', 2))], [2 * FAR_JOBS, 2 * FAR_JOBS])
  deepEqual(locksOf(lab), [])
  for (const lateMs of [whenFrozen, whenCut]) {
    ok(lateMs < whenWell + IN_TIME_MS, `${lateMs} ms late, ${whenWell} ms when all was well`)
  }
  const said = [daemon.output, daemon.notified, ...locks].join('\n')
  const keys = lab.hosts.flatMap(({ clientKey }) => clientKey.contents.match(/^\S{20,}$/gm) ?? [])
  ok(keys.length >= 2 * lab.hosts.length)
  for (const secret of [PASSWORD, ...keys]) ok(!said.includes(secret), 'no secret is told')
})
