import { deepEqual, equal, match } from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { type CommandContext, runCommand } from '../../src/commands/cli/context.ts'
import { InvalidInputError, OperatorError } from '../../src/domain/errors.ts'
import { aboutOption, errorAbout } from '../../src/domain/problem.ts'

async function told(error: unknown): Promise<readonly [number, string]> {
  const stderr = new PassThrough()
  const context = { environment: {}, stderr } as unknown as CommandContext
  const status = await runCommand(context, () => Promise.reject(error))
  return [status, String(stderr.read())]
}

test('a bug is told with its stack, and its message moves no terminal', async () => {
  const [status, said] = await told(new TypeError('a\u001b[2J\u009b\u202e\n<0>forged'))
  equal(status, 1)
  const [first, second] = said.split('\n')
  equal(first, 'rcron: a bug in rcron: TypeError: a\\x1b[2J\\x9b\\u{202e}\\n<0>forged')
  match(second ?? '', /^ {4}at .*run-command\.test/)
  deepEqual(await told('thrown\u001b'), [1, 'rcron: a bug in rcron: thrown\\x1b\n'])
})

test('each problem stands on a line of its own, whatever it quotes', async () => {
  const error = new InvalidInputError([
    errorAbout(aboutOption('a\nb'), 'one\r\ntwo'),
    errorAbout(aboutOption('c'), 'three'),
  ])
  deepEqual(await told(error), [2, 'rcron: a\\nb: one\\r\\ntwo\nc: three\n'])
  deepEqual(await told(new OperatorError('not\ndone', 'do\nthis')), [1, 'rcron: not\\ndone\ndo\\nthis\n'])
})
