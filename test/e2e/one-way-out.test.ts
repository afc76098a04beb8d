import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

/** Sets a title, clears the screen, makes a link, colours by a control of the second set, turns the direction, forges lines. */
const NASTY =
  'n\u001b]0;t\u0007\u001b[2J\u001b]8;;http://evil/\u0007c\u009b31m\u202eevil\u2066x\u200f\u3164\r\n<0>FORGED\u2028z'
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Co}\p{Zl}\p{Zp}\u3164]|^\s*<0>FORGED/mu

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }, store) => {
  const user = await auths.add({ user: 'good', password: 'x' })
  const bad = await auths.add({ user: `u${NASTY}`, password: `env:${NASTY}` })
  const host = await systems.add({ host: 'db1' })
  const badHost = await systems.add({ host: `h${NASTY}` })
  await crons.add({ cron_name: NASTY, cron_path: `echo ${NASTY}`, host, user, enabled: 1 })
  await crons.add({ cron_name: NASTY, cron_path: 'true', host, user, enabled: 1, action: 2 })
  await crons.add({ cron_name: `${NASTY}2`, cron_path: 'true', host: badHost, user: bad, enabled: 1 })
  await crons.add({ cron_name: 'x', cron_path: 'x', cron_min: NASTY, timezone: NASTY, host, user, enabled: 1 })
  const end = { kind: 'refused', code: 'HOST_REFUSED', reason: NASTY, host: `h${NASTY}`, signal: NASTY } as const
  const job = { name: NASTY, action: 'failover' } as const
  await store.writeHistory({ firings: [aFiringRow({ ...end, job, endedAt: Date.now() })], runs: [aRun(end, job)] })
})

function aRun(end: object, job: { readonly name: string; readonly action: 'failover' }) {
  const output = { stdout: { head: NASTY, tail: '' }, stderr: { head: NASTY, tail: NASTY } }
  return aRunRow({ ...end, job, user: `u${NASTY}`, output, stderrBytes: 20_000 })
}

const where = ['--host', 'db1', '--user', 'good', '--schedule', '@daily']
const VERBS: readonly (readonly string[])[] = [
  ['cron', 'list'],
  ['cron', 'show', '1', '3'],
  ['cron', 'show', `nosuch${NASTY}`],
  ['cron', 'remove', '--dry-run', NASTY],
  ['cron', 'remove', NASTY],
  ['cron', 'add', '--cron-name', NASTY, '--cron-path', `echo ${NASTY}`, ...where, '--dry-run'],
  ['cron', 'add', '--cron-name', 'x', '--cron-path', 'x', '--host', NASTY, '--user', NASTY],
  ['cron', 'add', '--cron-name', 'x', '--cron-path', 'x', ...where, '--timezone', NASTY],
  ['cron', 'list', `--${NASTY}`],
  ['auth', 'list'],
  ['auth', 'show', '2'],
  ['auth', 'add', '--user', NASTY, '--password-reference', `env:${NASTY}`, '--dry-run'],
  ['system', 'list'],
  ['system', 'show', '2'],
  ['check'],
  ['next'],
  ['next', NASTY],
  ['next', '1'],
  ['next', `x ${NASTY}`],
  ['tick', '--dry-run'],
  ['tick', '--at', NASTY],
  ['test', '--user', NASTY],
  ['test', NASTY],
  ['history'],
  ['history', NASTY],
  ['history', `x${NASTY}`],
  ['history', '--outcome', NASTY],
  ['why', NASTY],
  ['why', `x${NASTY}`],
  ['why', NASTY, '2026-03-01T02:00'],
  ['why', '1', NASTY],
  ['failed'],
  ['failed', '--since', NASTY],
  ['logs', NASTY],
  ['logs', `x${NASTY}`],
  ['logs', NASTY, '--host', NASTY, '--attempt', NASTY],
  [`nonsense${NASTY}`],
  ['settings'],
]
for (const words of VERBS) {
  for (const form of [[], ['--json']]) {
    const shown = [...words, ...form].join(' ').replaceAll(NASTY, 'NASTY')
    test(`nothing that moves a terminal or forges a line comes out of rcron ${shown}`, async () => {
      const { stdout, stderr } = await rcron.run([...words, ...form], { env: { RCRON_HOSTNAME: `a${NASTY}` } })
      ok(stdout + stderr !== '')
      deepEqual([UNSEEN.exec(stdout)?.[0], UNSEEN.exec(stderr)?.[0]], [undefined, undefined], stdout + stderr)
    })
  }
}

test('JSON keeps the value', async () => {
  const [cron] = (await rcron.json('cron', 'show', '1')) as readonly Record<string, unknown>[]
  deepEqual([cron?.['cron_name'], cron?.['cron_path']], [NASTY, `echo ${NASTY}`])
})

test('answers to questions on standard input keep to the same', async () => {
  const printed = await rcron.fed(`${JSON.stringify({ expr: `* * * * ${NASTY}`, tz: NASTY })}\n`, 'next', '--stdin')
  equal(UNSEEN.exec(printed), null)
  match(JSON.parse(printed).error, /expected an IANA name/)
})

test('a bug that nobody catches moves no terminal either', async () => {
  const bug = "setTimeout(() => { throw new Error('a\\u001b[2J\\u009b\\n<0>FORGED') }, 1)"
  const child = rcron.start(['next', '--stdin'], {
    node: ['--import', `data:text/javascript,${encodeURIComponent(bug)}`],
  })
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  equal(UNSEEN.exec(said), null)
  deepEqual([status, said.split('\n')[0]], [1, 'rcron: a bug in rcron: Error: a\\x1b[2J\\x9b\\n<0>FORGED'])
})
