import { doesNotMatch, equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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

for (const [words, options] of [
  [
    ['cron', 'list'],
    ['--disable-sigusr1', '--min-semi-space-size=16'],
  ],
  [[], ['--disable-sigusr1', '--min-semi-space-size=16']],
  [['daemon'], ['--disable-sigusr1']],
] as const) {
  test(`run by anybody but root, "rcron ${words.join(' ')}" starts Node with ${options.join(' ')}`, () => {
    const script = readFileSync('systemd/rcron', 'utf8').replace('/opt/rcron/bin/node', '/bin/echo')
    const asSomebody = `id() { echo 1000; }\n${script}`
    const said = execFileSync('sh', ['-c', asSomebody, 'rcron', ...words], { encoding: 'utf8' })
    equal(said, `${[...options, '/opt/rcron/dist/main.js', ...words].join(' ')}\n`)
  })
}
