import { doesNotMatch } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { releaseOf } from '../../packaging/release.ts'
import { scriptOf } from '../../packaging/scripts.ts'

/** rpm gives its scripts to /bin/sh with no first line of their own, and stops at no failure; both forms define what is set elsewhere. */
const OPTIONS = ['--shell=sh', '--exclude=SC2034', '-']

for (const name of readdirSync('packaging/scripts').filter((name) => /^(deb|rpm)-/.test(name))) {
  test(`${name} is whole, and shellcheck finds nothing in it`, () => {
    const script = scriptOf(name, releaseOf('2.0.0', 0))
    doesNotMatch(script, /@[A-Z]+@|@include/)
    execFileSync('shellcheck', OPTIONS, { input: script, stdio: ['pipe', 'inherit', 'inherit'] })
  })
}

test('the rcron command is clean as well', () => {
  execFileSync('shellcheck', ['systemd/rcron'], { stdio: 'inherit' })
})
