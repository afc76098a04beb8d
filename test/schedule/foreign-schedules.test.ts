import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { parseExpression } from '../../src/schedule/parse/parse-expression.ts'

const NOT_SO = 'an interval that does not divide the hour or the day is not supported: choose times'
const SECONDS = 'remove seconds and years: schedules have minutes only'

/** What people bring from other schedulers, word processors and pages of the web, and the hint that works. */
const foreign: readonly (readonly [what: string, expression: string, hint: string])[] = [
  ['an interval of Go', '@every 15m', 'write "*/15 * * * *"'],
  ['an interval of one minute', '@every 60s', 'write "* * * * *"'],
  ['an interval of hours', '@every 6h', 'write "0 */6 * * *"'],
  ['an interval of a day', '@every 24h', 'write "@daily"'],
  ['an interval that divides nothing', '@every 90m', NOT_SO],
  ['an interval of seconds', '@every 10s', NOT_SO],
  ['an interval of several units', '@every 1h30m', 'intervals are not supported: choose times instead'],
  ['a rate of AWS', 'rate(5 minutes)', 'write "*/5 * * * *"'],
  ['an expression of AWS', 'cron(0 12 * * ? *)', 'write "0 12 * * *"'],
  [
    'a zone before the fields',
    'CRON_TZ=Europe/Berlin 0 2 * * *',
    'write "0 2 * * *", and give Europe/Berlin as the time zone (timezone)',
  ],
  ['a word of systemd', 'daily', 'write "@daily"'],
  ['a calendar event of systemd', '*-*-* 02:30:00', 'write "30 2 * * *"'],
  ['seconds and a question mark of Quartz', '0 0 12 * * ?', `${SECONDS}; write "0 12 * * *"`],
  ['seconds and a year of Quartz', '0 15 10 ? * MON-FRI 2027', `${SECONDS}; write "15 10 * * MON-FRI"`],
  [
    'days that count from 1',
    '0 15 10 ? * 2-6',
    `${SECONDS}; write "15 10 * * 2-6"; note that 1 is Monday here, but Sunday in Quartz`,
  ],
  [
    'the user column',
    '0 5 * * * root',
    'write "0 5 * * *"; "root" seems to be the user column of /etc/crontab: here the user comes from the auth (--user)',
  ],
  [
    'a command',
    '0 5 * * 1 /usr/bin/true',
    'write "0 5 * * 1", and give the rest separately, as the command (--command)',
  ],
  [
    'a user and a command',
    '0 5 * * * root cd / && run-parts',
    'write "0 5 * * *", and give the rest separately, as the command (--command)',
  ],
  ['a hash of Jenkins', 'H 3 * * *', 'values chosen by a hash are not supported: choose one, such as "17"'],
  ['a stepped hash', 'H/15 * * * *', 'values chosen by a hash are not supported: write "*/15"'],
  ['a hash within a range', '0 H(2-5) * * *', 'values chosen by a hash are not supported: choose one, such as "2"'],
  ['an en dash', '0 9–17 * * *', 'write "9-17", with plain ASCII characters'],
  ['a mathematical asterisk', '0 ∗/2 * * *', 'write "*/2", with plain ASCII characters'],
  ['digits of full width', '０ 2 * * *', 'write "0", with plain ASCII characters'],
  ['an invisible character', '0 2\u200b * * *', 'write "2", with plain ASCII characters'],
]
for (const [what, expression, hint] of foreign) {
  test(`${what}, ${JSON.stringify(expression)}, gets the hint that works`, () => {
    const { schedule, findings } = parseExpression(expression)
    equal(schedule, null)
    equal(findings[0]?.hint, hint)
    const written = /write "([^"]*)"/.exec(hint)?.[1]
    if (written?.includes(' ')) equal(parseExpression(written).schedule === null, false)
  })
}
