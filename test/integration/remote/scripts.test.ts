import { equal } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { KILL_SCRIPT, PROBE_SCRIPT, START_SCRIPT, SURVEY_SCRIPT } from '../../../src/execution/remote/scripts.ts'
import { POSIX_SHELLS } from './remote-host.ts'

const DIRECTORY = new URL('../../../src/execution/remote/', import.meta.url).pathname

test('shellcheck finds nothing in the scripts', () => {
  const scripts = readdirSync(DIRECTORY).filter((name) => name.endsWith('.sh'))
  equal(scripts.length, 7)
  const { stdout, stderr, status } = spawnSync('shellcheck', ['-s', 'sh', ...scripts], {
    cwd: DIRECTORY,
    encoding: 'utf8',
  })
  equal(stdout + stderr, '')
  equal(status, 0)
})

test('what is sent is read by every shell without a complaint', () => {
  for (const [name, path] of Object.entries(POSIX_SHELLS)) {
    for (const script of [START_SCRIPT, PROBE_SCRIPT, KILL_SCRIPT, SURVEY_SCRIPT]) {
      const { stderr, status } = spawnSync(path, [...(name === 'busybox' ? ['sh'] : []), '-n'], {
        input: script,
        encoding: 'utf8',
      })
      // ksh adds advice on speed.
      equal(stderr.replaceAll(/^.*warning: .* is slower than .*\n/gm, ''), '', name)
      equal(status, 0, name)
    }
  }
})
