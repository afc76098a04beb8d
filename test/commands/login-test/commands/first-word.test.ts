import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { firstWord } from '../../../../src/commands/login-test/commands/first-word.ts'

const commands: readonly (readonly [string, string | null])[] = [
  ['backup --all', 'backup'],
  ['  /usr/bin/backup', '/usr/bin/backup'],
  ['~/bin/backup', '~/bin/backup'],
  ['./run.sh;true', './run.sh'],
  ['cd /srv && ./run', 'cd'],
  ['backup>/dev/null', 'backup'],
  ['LANG=C TZ="Europe/Berlin" X=\'a b\' backup', 'backup'],
  ['PATH=/opt/bin:$PATH backup', null],
  ['PATH=/opt/bin backup', null],
  ['A=$(date) backup', null],
  ['"$HOME/bin/x" y', null],
  ['$HOME/bin/x', null],
  ["'/opt/my tool'", null],
  ['(cd /srv; x)', null],
  ['back\\up', null],
  ['`x`', null],
  ['x`y`', null],
  ['%1', null],
  ['-x', null],
  ['', null],
]
for (const [command, word] of commands) {
  test(`the shell looks for ${word} in ${JSON.stringify(command)}`, () => equal(firstWord(command), word))
}
