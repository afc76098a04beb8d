import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { describeSchedule } from '../../src/schedule/describe-schedule.ts'
import { parseExpression } from '../../src/schedule/parse/parse-expression.ts'
import { parseSchedule } from '../../src/schedule/parse/parse-schedule.ts'

const refused: readonly (readonly [expression: string, field: string | null, hint: string | null])[] = [
  ['5/15 * * * *', 'cron_min', 'write "5-59/15"'],
  ['59/15 * * * *', 'cron_min', 'write "59"'],
  ['0 0 * feb/2 *', 'cron_mon', 'write "2-12/2"'],
  ['0 22-2 * * *', 'cron_hour', 'write "22-23,0-2"'],
  ['0 22-2/2 * * *', 'cron_hour', 'write "22,0,2"'],
  ['0 0 * nov-feb *', 'cron_mon', 'write "11-12,1-2"'],
  ['0 0 ? * *', 'cron_dom', 'write "*"'],
  ['*/0 * * * *', 'cron_min', 'write "*"'],
  ['1,,2 * * * *', 'cron_min', 'write "1,2"'],
  ['60 * * * *', 'cron_min', 'write "0"'],
  ['0 24 * * *', 'cron_hour', 'write "0"'],
  ['0 0 0 * *', 'cron_dom', null],
  ['0 0 * 13 *', 'cron_mon', null],
  ['0 0 * * 8', 'cron_dow', null],
  ['0 0 * * monday', 'cron_dow', 'write "mon"'],
  ['jan * * * *', 'cron_min', null],
  ['0 0 * * jan', 'cron_dow', null],
  ['*-5 * * * *', 'cron_min', null],
  ['1-2-3 * * * *', 'cron_min', null],
  ['-5 * * * *', 'cron_min', null],
  ['+5 * * * *', 'cron_min', null],
  ['@Daily', 'cron_min', 'write "@daily"'],
  ['0 0 * * * *', null, 'remove seconds and years: schedules have minutes only; write "0 * * * *"'],
  ['', null, null],
]

for (const [expression, field, hint] of refused) {
  test(`${JSON.stringify(expression)} is refused at ${field}, with what to write`, () => {
    const { schedule, findings } = parseExpression(expression)
    equal(schedule, null)
    deepEqual(
      findings.map((it) => [it.severity, it.field, it.hint]),
      [['error', field, hint]],
    )
  })
}

test('every problem of all five fields is reported at once', () => {
  const { findings } = parseExpression('x 24,25 32 foo 1#2')
  deepEqual(
    findings.map((it) => it.field),
    ['cron_min', 'cron_hour', 'cron_hour', 'cron_dom', 'cron_mon', 'cron_dow'],
  )
})

test('what a hint says to write is read', () => {
  for (const [expression, field, hint] of refused) {
    const written = /^write "(.*)"$/.exec(hint ?? '')?.[1]
    if (written === undefined || field === null) continue
    const position = ['cron_min', 'cron_hour', 'cron_dom', 'cron_mon', 'cron_dow'].indexOf(field)
    const mended = written.startsWith('@') ? written : expression.split(' ').with(position, written).join(' ')
    equal(parseExpression(mended).schedule === null, false, mended)
  }
})

const equals: readonly (readonly [string, string])[] = [
  ['0 0 * * 5-0', '0 0 * * fri-SUN'],
  ['0 0 * * 7', '0 0 * * 0'],
  ['0 0 * * 0-7', '0 0 * * 0-6'],
  ['00 007 * jan-Mar *', '0 7 * 1-3 *'],
  ['  0\t0 * *  * ', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@annually', '@yearly'],
  ['@hourly', '0 * * * *'],
  ['0 0 */2 * *', '0 0 */2,1-31/2 * *'],
]

for (const [one, other] of equals) {
  test(`${one} means ${other}`, () => {
    const { schedule } = parseExpression(one)
    equal(schedule === null, false)
    deepEqual(schedule, parseExpression(other).schedule)
  })
}

const warned: readonly (readonly [string, string])[] = [
  ['*/60 * * * *', 'cron_min'],
  ['0 0 */31 * *', 'cron_dom'],
  ['0 10-12/5 * * *', 'cron_hour'],
  ['0 0 30 2 *', 'cron_dom'],
  ['0 0 31 4,6,9,11 *', 'cron_dom'],
]

for (const [expression, field] of warned) {
  test(`${expression} is accepted with a warning`, () => {
    const { schedule, findings } = parseExpression(expression)
    equal(schedule === null, false)
    deepEqual(
      findings.map((it) => [it.severity, it.field]),
      [['warning', field]],
    )
  })
}

for (const expression of ['*/59 * * * *', '0 0 29 2 *', '0 0 30 2 1', '0 0 31 1,2 *', '0-59/30 * * * *']) {
  test(`${expression} is accepted without a word`, () => deepEqual(parseExpression(expression).findings, []))
}

test('a macro stands in cron_min, alone', () => {
  const row = { cron_min: '@daily', cron_hour: '*', cron_dom: '*', cron_mon: '*', cron_dow: '*' }
  equal(parseSchedule(row).findings.length, 0)
  deepEqual(
    parseSchedule({ ...row, cron_hour: '5', cron_dow: '@daily' }).findings.map((it) => it.field),
    ['cron_dow', 'cron_hour'],
  )
})

const words: readonly (readonly [string, string])[] = [
  ['30 2 * * *', 'at 02:30 every day'],
  ['*/5 * * * *', 'every 5 minutes'],
  ['* * * 1 *', 'every minute every day in January'],
  ['*/45 * * * *', 'at minute 0 and 45 of every hour'],
  ['0 */2 1 * 1,5', 'at minute 0 in every 2nd hour from 0 to 22 on day 1 of the month and also on Monday and Friday'],
  ['0 0 1-7 * */7', 'at 00:00 on day 1 to 7 of the month, only if that is Sunday'],
  ['0 0 16 * 0-6', 'at 00:00 every day'],
  ['0 12 * 6-8 1-5', 'at 12:00 on Monday to Friday in June to August'],
  ['@reboot', 'once after each boot of the machine that rcron runs on'],
]

for (const [expression, reading] of words) {
  test(`${expression} reads: ${reading}`, () => {
    const { schedule } = parseExpression(expression)
    equal(schedule && describeSchedule(schedule), reading)
  })
}
