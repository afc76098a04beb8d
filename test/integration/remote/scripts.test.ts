import { equal, match, throws } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { encodeScript } from '../../../src/execution/remote/encode.ts'
import {
  killScript,
  probeScript,
  readScript,
  startScript,
  surveyScript,
} from '../../../src/execution/remote/scripts.ts'
import { POSIX_SHELLS } from './remote-host.ts'

const DIRECTORY = new URL('../../../src/execution/remote/', import.meta.url).pathname

const EXTRAS = ['keep', 'forget', 'sweep', 'alone'] as const

/** A script as a host reads it. */
function decoded(script: string): string {
  return script
    .replaceAll('\t', '\n')
    .replaceAll('Q', "'")
    .replaceAll('B', '\\')
    .replaceAll('J', '!')
    .replaceAll('W', '2>/dev/null')
    .replaceAll('Y', 'return')
}

test('shellcheck finds nothing in the scripts', () => {
  const scripts = readdirSync(DIRECTORY).filter((name) => name.endsWith('.sh'))
  equal(scripts.length, 13)
  const { stdout, stderr, status } = spawnSync('shellcheck', ['-s', 'sh', ...scripts], {
    cwd: DIRECTORY,
    encoding: 'utf8',
  })
  equal(stdout + stderr, '')
  equal(status, 0)
})

test('a script that holds what stands in for another character is not sent as something else', () => {
  for (const held of ['a\tb', 'Q', 'echo B', 'J', 'W', 'Y']) throws(() => encodeScript(held), TypeError)
  equal(decoded(encodeScript("[ ! -e 'x\\'\n ]")), "[ ! -e 'x\\'\n ]")
})

test('what reads a script is one line that no login shell reads anything into', () => {
  match(readScript(), /^[[ -~]--['!\\]]*$/v)
})

test('what is sent is read by every shell without a complaint', () => {
  for (const [name, path] of Object.entries(POSIX_SHELLS)) {
    for (const script of [
      startScript([]),
      startScript(EXTRAS.slice(0, 3)),
      startScript(EXTRAS),
      probeScript(),
      killScript(),
      surveyScript(),
    ]) {
      const { stderr, status } = spawnSync(path, [...(name === 'busybox' ? ['sh'] : []), '-n'], {
        input: decoded(script),
        encoding: 'utf8',
      })
      // ksh adds advice on speed.
      equal(stderr.replaceAll(/^.*warning: .* is slower than .*\n/gm, ''), '', name)
      equal(status, 0, name)
    }
  }
})
