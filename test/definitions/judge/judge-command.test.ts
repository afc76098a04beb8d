import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { commandWarnings } from '../../../src/definitions/judge/judge-command.ts'
import { crontabLineIn } from '../../../src/schedule/parse/crontab-line.ts'

const traps: readonly (readonly [what: string, command: string, message: RegExp, hint: RegExp])[] = [
  ['a percent sign of a crontab', 'date "+\\%Y"', /^contains "\\%"/, /write % alone/],
  ['line ends of Windows', 'cd /srv\r\necho two\r\n', /\(CR LF\)/, /remove the CR/],
  ['a CR at the end', '/usr/bin/true\r', /\(CR LF\)/, /remove the CR/],
  [
    'a whole line',
    '*/5 * * * * /usr/bin/true',
    /whole crontab line/,
    /edit 7 --schedule '\*\/5 \* \* \* \*' --command/,
  ],
  ['a macro and a command', '@daily backup', /whole crontab line/, /--schedule '@daily'/],
  ['a user column', 'root /usr/bin/true', /begins with "root"/, /remove it/],
  ['a comment', '  # /usr/bin/true', /is a comment/, /remove the "#"/],
  ['several comments', '# one\n\n# two', /is a comment/, /remove the "#"/],
  ['an assignment', 'MAILTO=ops@example.com', /sets MAILTO and runs nothing/, /MAILTO=… command/],
  ['an assignment with blanks', 'SHELL = /bin/bash', /sets SHELL and runs nothing/, /SHELL=… command/],
  ['a zone of the crontab', 'CRON_TZ="Europe/Berlin"', /sets CRON_TZ/, /timezone/],
  ['a no-break space', 'echo\u00a0x', /contains U\+00A0 \(no-break space\)/, /plain space/],
  ['a zero-width space', 'true\u200b', /contains U\+200B \(zero-width space\)/, /remove it/],
  ['a turned direction', 'rm \u202egpj.x', /contains U\+202E/, /remove it/],
  ['a dash that is no hyphen', 'dump –all', /begins with a dash other than a hyphen/, /write "-"/],
]
for (const [what, command, message, hint] of traps) {
  test(`${what} in a command is warned of`, () => {
    const warnings = commandWarnings({ id: 7, cron_path: command })
    equal(warnings.length, 1, JSON.stringify(warnings))
    deepEqual([warnings[0]?.severity, warnings[0]?.field], ['warning', 'cron_path'])
    match(warnings[0]?.message ?? '', message)
    match(warnings[0]?.hint ?? '', hint)
  })
}

const sound = [
  '/usr/local/bin/dump --all',
  'date +%Y-%m-%d',
  'PGPASSWORD=x pg_dump app',
  'X=$(cat /etc/motd)',
  'A=1; B=2 run',
  'TOKEN=`cat t` curl',
  '# first\nrun',
  'echo "naïve – 日本 ⚠️"',
  'rootkit-check /',
  '5 golden rings are for me',
  'printf "%s\\n" x',
  '@scripts/run',
  'a\nb',
]
for (const command of sound) {
  test(`${JSON.stringify(command)} is a command as it is`, () => {
    deepEqual(commandWarnings({ id: 7, cron_path: command }), [])
  })
}

test('what a command says is not repeated: it may hold a secret', () => {
  for (const command of ['*/5 * * * * curl -u ops:hunter2', 'PGPASSWORD=hunter2', 'root x hunter2', '# hunter2']) {
    const [warning] = commandWarnings({ id: 7, cron_path: command })
    equal(JSON.stringify(warning ?? 'hunter2').includes('hunter2'), false)
  }
})

test('a line of a crontab is taken apart', () => {
  deepEqual(crontabLineIn('17 *\t* * *  root cd / && run-parts --report'), {
    schedule: '17 * * * *',
    command: 'cd / && run-parts --report',
    user: 'root',
  })
  deepEqual(crontabLineIn('@reboot root-fs-check'), { schedule: '@reboot', command: 'root-fs-check', user: null })
  deepEqual(crontabLineIn('0 9 * * mon-fri x'), { schedule: '0 9 * * mon-fri', command: 'x', user: null })
  for (const text of ['* * * * *', '@every 5m x', '* * * * sometimes x', 'echo 1 2 3 4 5 6', '']) {
    equal(crontabLineIn(text), null, text)
  }
})
