import { rejects } from 'node:assert/strict'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { thisMachine } from '../../src/config/machine.ts'

test('a working directory that has been removed is an error of the operator, not a bug', async (t) => {
  const before = process.cwd()
  t.after(() => process.chdir(before))
  const directory = mkdtempSync(join(tmpdir(), 'rcron-gone-'))
  process.chdir(directory)
  rmdirSync(directory)
  await rejects(thisMachine({}), { name: 'OperatorError', message: 'the working directory does not exist any more' })
})
