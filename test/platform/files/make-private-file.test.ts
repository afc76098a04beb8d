import { equal, throws } from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { SystemMinuteMark } from '../../../src/minutes/system-minute-mark.ts'
import { makePrivateFile } from '../../../src/platform/files/make-private-file.ts'
import { SystemClock } from '../../../src/platform/system-clock.ts'
import { RecordingLog } from '../../support/builders.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-private-'))
after(() => rmSync(root, { recursive: true }))
const modeOf = (path: string) => statSync(path).mode & 0o777

test('a file is made for its owner alone; one that is there becomes so and keeps what it holds', () => {
  const path = join(root, 'made')
  makePrivateFile(path)
  equal(modeOf(path), 0o600)
  writeFileSync(path, 'text')
  chmodSync(path, 0o644)
  makePrivateFile(path)
  equal(modeOf(path), 0o600)
  equal(readFileSync(path, 'utf8'), 'text')
})

test('a link that stands there is refused, and what it leads to keeps its mode', () => {
  const victim = join(root, 'victim')
  writeFileSync(victim, 'precious', { mode: 0o644 })
  symlinkSync(victim, join(root, 'link'))
  throws(() => makePrivateFile(join(root, 'link')), /link is a symbolic link, expected a file/)
  equal(modeOf(victim), 0o644)
})

test('where it cannot be made, whoever opens it says so', () => makePrivateFile('/proc/nope/made'))

test('what keeps two processes from the mark at a time is for its owner alone', async () => {
  const parts = { stateDirectory: root, secondDirectory: root, clock: new SystemClock(), log: new RecordingLog() }
  await new SystemMinuteMark(parts).exclusively(async () => equal(modeOf(join(root, '.minute-mark')), 0o600))
})
