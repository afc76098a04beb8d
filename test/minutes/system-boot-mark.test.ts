import { deepEqual, equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createSystemBootMark, readBootMark } from '../../src/minutes/system-boot-mark.ts'
import { localBootId } from '../../src/platform/process-identity.ts'
import { RecordingLog } from '../support/builders.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-boot-'))
after(() => rmSync(root, { recursive: true }))

const made: readonly (readonly [what: string, make: (path: string) => void])[] = [
  ['nothing', () => undefined],
  ['the id of another boot', (path) => writeFileSync(path, '00000000-0000-0000-0000-000000000000\n')],
  ['a pipe that nobody writes to', (path) => execFileSync('mkfifo', [path])],
  ['a link to an endless file', (path) => symlinkSync('/dev/zero', path)],
  ['a file that is too long', (path) => writeFileSync(path, `${localBootId()}${'\n'.repeat(1_000_000)}`)],
]
for (const [what, make] of made) {
  test(`a mark that is ${what} counts as none, and is replaced by this boot's`, async () => {
    const state = mkdtempSync(join(root, 'state-'))
    const path = join(state, 'boot-id')
    make(path)
    const log = new RecordingLog()
    const mark = createSystemBootMark(state, log)
    equal(await mark.newBoot(), localBootId())
    equal(await mark.keep(localBootId() ?? ''), true)
    equal(await mark.newBoot(), null)
    deepEqual([readFileSync(path, 'utf8'), readBootMark(path)], [`${localBootId()}\n`, localBootId()])
    deepEqual(log.of('error'), [])
  })
}
