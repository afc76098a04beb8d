import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { freePort } from '../support/free-port.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { startSshd } from '../support/sshd.ts'

type Item = Readonly<Record<string, unknown>>
type Listed = { readonly schema: string; readonly items: readonly Item[] }

const sshd = await startSshd()
const deadPort = await freePort()
const rcron = new ResidentRcron()
after(async () => {
  rcron[Symbol.dispose]()
  await sshd.stop()
})

// Each job has an hour of its own.
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  const dead = await systems.add({ host: '127.0.0.1', port: deadPort, local_port: deadPort })
  const one = await systems.add({ host: 'localhost', port: sshd.port, local_port: sshd.port })
  const row = { enabled: 1, user, cron_min: '0' }
  await crons.add({ ...row, cron_name: 'over', cron_path: 'true', host: dead, cron_hour: '1' })
  const telling = `cat ${sshd.clientKey.path}; echo trouble >&2`
  await crons.add({ ...row, cron_name: 'over', cron_path: telling, host: one, cron_hour: '1' })
  await crons.add({ ...row, cron_name: 'lonely', cron_path: 'exit 7', host: one, cron_hour: '2' })
  // 03:00 in UTC.
  const inKolkata = { timezone: 'Asia/Kolkata', cron_hour: '8', cron_min: '30' }
  await crons.add({ ...row, cron_name: 'quiet', cron_path: 'echo said', host: one, ...inKolkata, keep: 'failures' })
  await systems.edit(one, { name: 'here' })
})
for (const at of ['01', '02', '02', '03']) await once(rcron.start(['tick', '--at', `2026-03-01T${at}:00`]), 'exit')

const itemsOf = async (...words: readonly string[]) => ((await rcron.json(...words)) as Listed).items
const rowsOf = (sql: string) => {
  using database = new DatabaseSync(join(rcron.stateDirectory, 'rcron.db'))
  return database.prepare(sql).all()
}

test('a failover that succeeded on its second host succeeded, and says so', async () => {
  const [item, ...others] = await itemsOf('history', 'over')
  deepEqual(others, [])
  deepEqual(
    [item?.['outcome'], item?.['code'], item?.['host'], item?.['tried'], item?.['hosts'], item?.['how'], item?.['due']],
    ['succeeded', 'SUCCEEDED', 'localhost', 2, 2, 'manual', '2026-03-01T01:00:00.000Z'],
  )
  const shown = await rcron.ok('history', 'over')
  match(shown, /2026-03-01T01:00Z +over +localhost +succeeded .*2nd of 2 hosts\n/)
  match(shown, /\n\. {2}over: 1 of the last 1 succeeded; usually /)
})

test('its first attempt is a run that failed, and no trouble', async () => {
  const runs = rowsOf("select code, attempt, hosts from rcron_runs where job_name = 'over' order by ended_at")
  deepEqual(
    runs.map((run) => Object.values(run)),
    [
      ['HOST_UNREACHABLE', 1, 2],
      ['SUCCEEDED', 2, 2],
    ],
  )
  doesNotMatch(await rcron.ok('failed'), /over/)
})

test('what went wrong is listed once, with how often and why', async () => {
  const shown = await rcron.ok('failed', '--since', '1h')
  match(
    shown,
    /^LAST +JOB +HOST +OUTCOME +TIMES +NOTE\n\S+ +lonely +localhost +failed +2 +Its command ended with exit code 7 on localhost\.\n$/,
  )
  const { items, schema } = (await rcron.json('failed')) as Listed
  deepEqual(
    [schema, items.map(({ code, jobs, firings }) => [code, jobs, firings])],
    ['rcron.failed.v1', [['FAILED', ['lonely'], 2]]],
  )
})

test('a secret that a command prints is replaced before its output is stored', () => {
  const [run] = rowsOf("select stdout_head, stderr_head from rcron_runs where job_name = 'over' and exit_code = 0")
  match(String(run?.['stdout_head']), /^-----BEGIN .*\n(\[secret\]\n)+-----END/)
  equal(run?.['stderr_head'], 'trouble\n')
})

test('of which runs the output is kept is for the cron to say; the row stays', () => {
  const [run] = rowsOf("select stdout_head, stdout_bytes, code from rcron_runs where job_name = 'quiet'")
  deepEqual(Object.values(run ?? {}), [null, 5, 'SUCCEEDED'])
})

test('firings are found by job, host, outcome and time', async () => {
  const jobsOf = async (...words: readonly string[]) => (await itemsOf('history', ...words)).map(({ job }) => job)
  deepEqual(await jobsOf(), ['quiet', 'lonely', 'lonely', 'over'])
  deepEqual(await jobsOf('-n', '1'), ['quiet'])
  deepEqual(await jobsOf('--outcome', 'failed'), ['lonely', 'lonely'])
  deepEqual(await jobsOf('over@127.0.0.1'), ['over'])
  deepEqual(await jobsOf('lonely@127.0.0.1'), [])
  deepEqual(await jobsOf('over', 'quiet', '--since', '2026-03-01T01:30'), ['quiet'])
  deepEqual(await jobsOf('--until', '2026-03-01T02:00'), ['over'])
})

test('since the last visit there is what came after it, and each user has visits of their own', async () => {
  const since = ['failed', '--since', 'last-visit']
  const anna = { env: { SUDO_USER: 'anna/../x' } }
  const first = await rcron.run(since, anna)
  match(first.stdout, / lonely /)
  match(first.stderr, /^This is your first visit: the last 12h are shown/)
  const second = await rcron.run(since, anna)
  match(second.stdout, /^Nothing wants attention since \S+Z\.\n$/)
  equal(second.stderr, '')
  match((await rcron.run(since, { env: { SUDO_USER: 'ben' } })).stdout, / lonely /)
  // Another question is no visit.
  await rcron.ok('failed', '--since', '1h')
  await once(rcron.start(['tick', '--at', '2026-03-01T02:00']), 'exit')
  const { items } = JSON.parse((await rcron.run([...since, '--json'], anna)).stdout) as Listed
  deepEqual(
    items.map(({ firings }) => firings),
    [1],
  )
})

test('times are those of the zone of the job, in what is printed and what is asked for', async () => {
  match(await rcron.ok('history', 'quiet', 'over'), /2026-03-01T08:30\+05:30 +quiet .*\n.*2026-03-01T01:00Z +over /)
  const jobsOf = async (...words: readonly string[]) => (await itemsOf('history', ...words)).map(({ job }) => job)
  deepEqual(await jobsOf('quiet', '--since', '2026-03-01T08:00'), ['quiet'])
  deepEqual(await jobsOf('quiet', '--since', '2026-03-01T09:00'), [])
  deepEqual(await jobsOf('quiet', '--since', '2026-03-01T04:00 UTC'), [])
})

test('a host is found by the name of its system', async () => {
  const jobsOf = async (...words: readonly string[]) => (await itemsOf('history', ...words)).map(({ job }) => job)
  deepEqual(await jobsOf('over@here'), ['over'])
  deepEqual(await jobsOf('--host', 'here', '--outcome', 'failed'), ['lonely', 'lonely', 'lonely'])
})

test('why tells the course of a firing, and what to type next', async () => {
  const over = await rcron.ok('why', 'over', '2026-03-01T01:00')
  match(over, /^over, due 2026-03-01T01:00Z \(\S+\): succeeded, SUCCEEDED\n/)
  match(
    over,
    /It was due\.\n.* 127\.0\.0\.1:\d+ .*could not be reached.*\n.* localhost:\d+ +Its host has begun it\.\n.* It succeeded on localhost\./,
  )
  const { firing, steps, next } = (await rcron.json('why', 'lonely')) as {
    readonly firing: Item
    readonly steps: readonly Item[]
    readonly next: string
  }
  deepEqual(
    [firing['code'], steps.map(({ code }) => code), next],
    ['FAILED', ['DUE', 'STARTED', 'FAILED'], 'rcron history lonely'],
  )
})

test('why says of what had no firing which field does not match, that it is disabled, that it is still to come, or who changed it', async () => {
  const none = await rcron.ok('why', 'quiet', '2026-03-01T04:45')
  match(none, /^quiet has no firing at 2026-03-01T04:45\+05:30 \(Asia\/Kolkata\)/)
  match(none, /"30 8 \* \* \*" in \S+ is not due then: its minute \("30"\) and its hour \("8"\) do not match\./)
  match(none, /\nNext: rcron next quiet\n$/)
  const stored = (await rcron.json('why', 'quiet', '2026-02-28T08:30')) as { readonly rows: readonly Item[] }
  deepEqual(
    stored.rows.map(({ code }) => code),
    ['NOT_STORED'],
  )
  await rcron.ok('cron', 'disable', 'quiet')
  const disabled = await rcron.ok('why', 'quiet', '2026-03-01T04:30')
  match(disabled, /It is disabled\.(.*\n)+Changed since: \S+ disable by \S+\nNext: rcron cron enable \d+\n$/)
  await rcron.ok('cron', 'enable', 'quiet')
})

test('why ends with 4 for a job that is not there', async () => {
  const { status, stderr } = await rcron.run(['why', 'ovre'])
  match(stderr, /ovre: there is no such job, nor was there one in the history\n"rcron cron list" lists those there are/)
  equal(status, 4)
})

const mistakes: readonly [readonly string[], RegExp][] = [
  [['history', 'ovre'], /job "ovre": is neither in the history nor in the crontab; rcron cron list/],
  [['history', '--outcome', 'bad'], /--outcome: found "bad", expected one of succeeded, failed, /],
  [['history', '-n', '0'], /--count: found "0", expected a whole number from 1 to 1000/],
  [['failed', '--since', 'noon'], /--since: found "noon", expected a time that has passed: 12h, /],
]
for (const [words, says] of mistakes) {
  test(`rcron ${words.join(' ')} is a mistake`, async () => {
    const { status, stderr } = await rcron.run(words)
    match(stderr, says)
    equal(status, words[1] === 'ovre' ? 4 : 2)
  })
}

test('counting again changes nothing', async () => {
  const counted = () =>
    ['rollups', 'days', 'hours'].map((table) => rowsOf(`select * from rcron_${table} order by 1, 2`))
  const before = counted()
  match(await rcron.ok('history', 'rebuild'), /^counts of 1 days, roll-ups of 4 crons and 3 jobs made again\n$/)
  deepEqual(counted(), before)
})
