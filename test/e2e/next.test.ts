import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { ResidentRcron } from '../support/resident-rcron.ts'

type Vector = {
  readonly id: string
  readonly expr: string
  readonly cronie: 'agrees' | 'rejects'
  readonly tz?: string
  readonly from?: string
  readonly next?: readonly string[]
  readonly at?: string
  readonly matches?: boolean
}
type Answer = { readonly next?: readonly string[]; readonly error?: string }

const vectors = readFileSync(new URL('../schedule/cron-vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())

async function answersTo(lines: readonly string[]): Promise<readonly Answer[]> {
  const printed = await rcron.fed(lines.map((line) => `${line}\n`).join(''), 'next', '--stdin', '--json')
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A minute is due exactly where it is the next one after the minute before it. */
function questionOf({ expr, tz, from, next, at }: Vector): string {
  const start = from ?? new Date(Date.parse(at ?? '2020-01-01T00:00:00Z') - 60_000).toISOString()
  return JSON.stringify({ expr, tz, from: start, count: next?.length || 1 })
}

const answers = await answersTo(vectors.map(questionOf))
test('every example has one answer', () => {
  deepEqual([vectors.length, answers.length], [59, 59])
})
for (const [index, { id, expr, cronie, next, at, matches }] of vectors.entries()) {
  test(`${id}: ${expr}`, () => {
    const answer = answers[index]
    if (cronie === 'rejects') {
      deepEqual(Object.keys(answer ?? {}), ['error'])
      match(answer?.error ?? '', /expected|write/)
    } else if (next !== undefined) deepEqual(answer, { next })
    else equal(Date.parse(answer?.next?.[0] ?? '') === Date.parse(at ?? ''), matches)
  })
}

const lines: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', '* * * * *', /"error":"expected a JSON object such as/],
  ['no object', '"x"', /"error":"expected a JSON object/],
  ['no expr', '{"tz":"UTC"}', /"error":"expected a JSON object/],
  [
    'a zone that is none',
    '{"expr":"* * * * *","tz":"Mars/Base"}',
    /"error":"tz is \\"Mars\/Base\\", expected an IANA name/,
  ],
  ['no time', '{"expr":"* * * * *","from":"soon"}', /"error":"from is \\"soon\\", expected a time/],
  ['a count too large', '{"expr":"* * * * *","count":1000000}', /"error":"count is 1000000, expected/],
  [
    'parts that are null, which are absent',
    '{"expr":"0 0 1 1 *","tz":null,"from":null,"count":null}',
    /^\{"next":\["20/,
  ],
  ['an expr of null', '{"expr":null}', /"error":"expected a JSON object/],
  ['two faults', '{"expr":"61 * * * *","tz":"x"}', /tz is .*\\n.*61/],
  ['a date that never comes', '{"expr":"0 0 30 2 *","count":3}', /^\{"next":\[\]\}$/],
  ['epoch milliseconds', '{"expr":"0 0 1 1 *","from":0,"count":1}', /^\{"next":\["1971-01-01T00:00:00\+00:00"\]\}$/],
]
test('a line that cannot be answered is answered with what was expected, and the next one still is', async () => {
  const input = [...lines.map(([, line]) => line), '', '{"expr":"@hourly","count":1}'].join('\r\n')
  const printed = (await rcron.fed(input, 'next', '--stdin')).trimEnd().split('\n')
  equal(printed.length, lines.length + 1)
  for (const [index, [what, , answer]] of lines.entries()) match(printed[index] ?? '', answer, what)
  match(printed.at(-1) ?? '', /"next":\["/)
})

test('answers come as the questions do, without waiting for the end of the input', async () => {
  const child = rcron.start(['next', '--stdin'])
  const answered = createInterface({ input: child.stdout })
  for (const hour of ['03', '04']) {
    child.stdin.write(`{"expr":"0 ${hour} * * *","count":1,"from":"2026-01-01T00:00Z"}\n`)
    const [line] = await once(answered, 'line')
    equal(line, `{"next":["2026-01-01T${hour}:00:00+00:00"]}`)
  }
  const closed = once(child, 'close')
  child.stdin.end()
  deepEqual(await closed, [0, null])
})

test('each of 20,000 questions is answered, in order', async () => {
  const question = (index: number) =>
    JSON.stringify({ expr: `${index % 60} ${index % 24} * * ${index % 7}`, tz: 'Europe/Berlin', from: 0, count: 1 })
  const input = Array.from({ length: 20_000 }, (_, index) => `${question(index)}\n`).join('')
  const printed = (await rcron.fed(input, 'next', '--stdin', '--json')).trimEnd().split('\n')
  equal(printed.length, 20_000)
  deepEqual([printed[0], printed[8399], printed.at(-1)], await Promise.all([0, 8399, 19_999].map(alone)))

  async function alone(index: number): Promise<string> {
    return (await rcron.fed(`${question(index)}\n`, 'next', '--stdin', '--json')).trimEnd()
  }
})

test('a reader that goes away ends it quietly', async () => {
  const child = rcron.start(['next', '--stdin'])
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  child.stdin.on('error', () => {}) // It may be gone first.
  const closed = once(child, 'close')
  child.stdout.once('data', () => child.stdout.destroy())
  // Never ended by us: only the broken pipe can end it.
  const feed = () => {
    while (child.stdin.writable && child.stdin.write('{"expr":"* * * * *","count":100}\n'.repeat(1000)));
    child.stdin.once('drain', feed)
  }
  feed()
  deepEqual(await closed, [0, null])
  equal(said, '')
})

const spoken: readonly (readonly [readonly string[], RegExp])[] = [
  [
    ['30 2 * * mon-fri', '--from', '2026-03-27T12:00Z', '--count', '1'],
    /30 2 \* \* mon-fri {2}\(UTC\)\n {2}at 02:30.*\n {2}2026-03-30T02:30:00\+00:00\n$/,
  ],
  [
    ['@daily', '--tz', 'Europe/Berlin', '--from', '2026-07-01T12:00Z', '--count', '1'],
    /\(Europe\/Berlin\)\n.*\n {2}2026-07-02T00:00:00\+02:00\n$/,
  ],
  [['0 0 30 2 *'], /warning: .*\n {2}never\n$/],
  [['@reboot'], /^@reboot .*\n {2}once after each boot.*\n {2}at no time of the clock\n$/],
  [['off', '@daily', 'nightly'], /^cron 2 \(off\), disabled [\s\S]*\n@daily [\s\S]*\ncron 1 \(nightly\) /],
  [['hourly', '--count', '1'], /^cron 3 \(hourly\), disabled {2}@hourly {2}\(UTC\)\n/],
  [
    ['nightly', '--from', '2026-07-01T12:00Z', '--count', '2'],
    /^cron 1 \(nightly\) {2}0 3 \* \* \* {2}\(Asia\/Tokyo\)\n.*\n.*T03:00:00\+09:00\n.*T03:00:00\+09:00\n$/,
  ],
  [['--count', '1'], /^cron 1 \(nightly\) {2}0 3 \* \* \* {2}\(Asia\/Tokyo\)\n.*\n {2}20\d\d-\S+\+09:00\n$/],
]
test('for people schedules and crons are read in plain words', async () => {
  await rcron.prepare(async ({ auths, systems, crons }) => {
    const where = { host: await systems.add({ host: 'db1' }), user: await auths.add({ user: 'x', password: 'y' }) }
    const schedule = { cron_min: '0', cron_hour: '3', timezone: 'Asia/Tokyo' }
    await crons.add({ cron_name: 'nightly', cron_path: 'true', enabled: 1, ...schedule, ...where })
    await crons.add({ cron_name: 'off', cron_path: 'true', ...where })
    await crons.add({ cron_name: 'hourly', cron_path: 'true', cron_min: '@hourly', ...where })
  })
  for (const [words, expected] of spoken) match(await rcron.ok('next', ...words), expected)
})

const refused: readonly (readonly [readonly string[], RegExp])[] = [
  [['* * *'], /"\* \* \*" has 3 fields, expected five/],
  [['no-such-cron', '@daily', '77'], /"no-such-cron": neither a schedule of five fields.*\n"77": neither a schedule/],
  [
    ['@daily', '--count', 'many', '--tz', 'Mars', '--from', 'soon'],
    /--count: found "many"[\s\S]*--from: found "soon"[\s\S]*--tz: found "Mars"/,
  ],
  [['--for', '8d'], /--for: found "8d", expected a time from 1m to 7d/],
  [['--for', '1h', '--count', '3'], /--for: found --count too/],
  [['@daily', '--stdin'], /--stdin: found schedules as arguments too/],
]
test('what cannot be read ends with 2, what is not there with 4', async () => {
  for (const [words, expected] of refused) {
    const { status, stdout, stderr } = await rcron.run(['next', ...words])
    equal(status, expected.source.includes('neither') ? 4 : 2)
    match(stdout + stderr, expected)
  }
})

test('in JSON every time is an instant with its offset, and a macro stands alone', async () => {
  const asked = ['next', 'nightly', 'hourly', '--count', '1']
  const from = async (...words: readonly string[]) =>
    ((await rcron.json(...asked, ...words)) as readonly Record<string, unknown>[]).map((answer) => answer['from'])
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/
  for (const it of await from()) match(String(it), instant)
  deepEqual(await from('--from', '2026-07-01T12:00'), ['2026-07-01T12:00:00+09:00', '2026-07-01T12:00:00+00:00'])
  const [, hourly] = (await rcron.json(...asked)) as readonly Record<string, unknown>[]
  equal(hourly?.['expr'], '@hourly')
})

test('rows that cannot be used are named, and the others answered', async () => {
  await rcron.prepare(async ({ crons }) => {
    const row = { cron_path: 'false', host: 1, user: 1 }
    await crons.add({ cron_name: 'bad', cron_min: '61', enabled: 1, ...row })
    await crons.add({ cron_name: 'nightly', cron_hour: '24', enabled: 1, ...row })
    await crons.add({ cron_name: 'bad and off', cron_min: '62', ...row })
  })
  const all = await rcron.run(['next'])
  equal(all.status, 0)
  match(all.stdout, /\n\S+\+09:00 +\S+ +nightly +db1 +0 3 \* \* \*\n$/)
  match(all.stderr, /^error: cron 4 \(bad\), cron_min: "61".*\nerror: cron 5 \(nightly\), cron_hour: "24".*\n$/)
  const byName = await rcron.run(['next', 'nightly', '--json'])
  equal(byName.status, 0)
  equal((JSON.parse(byName.stdout) as readonly unknown[]).length, 1)
  match(byName.stderr, /^error: cron 5 \(nightly\), cron_hour: "24".*\n$/)
  for (const reference of ['bad', '4']) {
    const { status, stdout, stderr } = await rcron.run(['next', reference, '@daily'])
    deepEqual([status, stdout], [2, ''])
    match(stderr, /^rcron: cron 4 \(bad\), cron_min: "61"/)
  }
})

test('where no cron is enabled, that is said', async () => {
  using other = new ResidentRcron()
  await other.prepare(async () => {})
  for (const words of [['next'], ['next', '--json']]) {
    const { status, stdout, stderr } = await other.run(words)
    deepEqual([status, stdout], [0, words.length > 1 ? '[]\n' : ''])
    match(stderr, /^There is no enabled cron/)
  }
})

const lists: readonly (readonly [string, string, readonly string[], string])[] = [
  [
    '120',
    'what is due within an hour, by time, a line for each job',
    ['--for', '1h'],
    `next                    in   job     times  hosts     schedule
2026-07-01T12:05Z       5m   often   12     h1 (+49)  */5 * * * *
2026-07-01T14:30+02:00  30m  berlin  1      h1        30 14 * * *
2026-07-01T12:40Z       40m  twice   3      h1 (+1)   40,50 * * * * (+1)
`,
  ],
  [
    '40',
    'in fewer columns where they do not fit',
    ['--for', '1h'],
    `next                    job     times
2026-07-01T12:05Z       often   12
2026-07-01T14:30+02:00  berlin  1
2026-07-01T12:40Z       twice   3
`,
  ],
  [
    '80',
    'without a span every job, those that are never due last',
    [],
    `next                    in      job     hosts     schedule
2026-07-01T12:05Z       5m      often   h1 (+49)  */5 * * * *
2026-07-01T14:30+02:00  30m     berlin  h1        30 14 * * *
2026-07-01T12:40Z       40m     twice   h1 (+1)   40,50 * * * * (+1)
2026-07-02T03:00Z       15h00m  later   h2        0 3 * * *
-                       -       boot    h2        @reboot
`,
  ],
  [
    '80',
    'of those that are named',
    ['later', 'berlin', '@hourly', '--for', '1d'],
    `next                    in      job      times  hosts  schedule
2026-07-01T14:30+02:00  30m     berlin   1      h1     30 14 * * *
2026-07-01T13:00Z       1h00m   @hourly  24     -      @hourly
2026-07-02T03:00Z       15h00m  later    1      h2     0 3 * * *
`,
  ],
]
test('next lists', async (t) => {
  using busy = new ResidentRcron()
  await busy.prepare(async ({ auths, systems, crons }) => {
    const user = await auths.add({ user: 'x', password: 'y' })
    const hosts = await systems.addAll(Array.from({ length: 50 }, (_, at) => ({ host: `h${at + 1}` })))
    const add = (cron_name: string, on: readonly number[], row: object) =>
      crons.addAll(on.map((host) => ({ cron_name, cron_path: 'true', enabled: 1, user, host, action: 2, ...row })))
    await add('often', hosts, { cron_min: '*/5' })
    await add('later', hosts.slice(1, 2), { cron_min: '0', cron_hour: '3' })
    await add('berlin', hosts.slice(0, 1), { cron_min: '30', cron_hour: '14', timezone: 'Europe/Berlin' })
    await add('twice', hosts.slice(0, 1), { cron_min: '40,50' })
    await add('twice', hosts.slice(1, 2), { cron_min: '50,55' })
    await add('boot', hosts.slice(1, 2), { cron_min: '@reboot' })
    await add('off', hosts, { enabled: 0 })
  })
  const from = ['--from', '2026-07-01T12:00Z']
  for (const [columns, what, words, expected] of lists) {
    await t.test(`${what}, in ${columns} columns`, async () => {
      const { status, stdout, stderr } = await busy.run(['next', ...words, ...from], { env: { COLUMNS: columns } })
      deepEqual([status, stdout, stderr], [0, expected, ''])
    })
  }
  await t.test('in JSON every cron with all its times within the span', async () => {
    const answers = (await busy.json('next', '--for', '1h', ...from)) as readonly { readonly next: readonly string[] }[]
    deepEqual([answers.length, answers[0]?.next.length, answers[0]?.next.at(-1)], [53, 12, '2026-07-01T13:00:00+00:00'])
  })
  await t.test('nothing within the span is said', async () => {
    const { status, stdout, stderr } = await busy.run(['next', 'later', '--for', '1m', ...from])
    deepEqual([status, stdout, stderr], [0, '', 'Nothing is due in that time.\n'])
  })
})
