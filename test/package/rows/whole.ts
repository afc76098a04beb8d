import { equal } from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Packages } from '../support/packages.ts'

/** What is asked of the packages as they are, before anybody installs them. */
export function wholeRows(packages: Packages): void {
  test('lintian finds no error in the .deb, and nothing to warn of', () => {
    const deb = join(packages.directory, packages.deb(packages.first))
    const { status, stdout, stderr } = spawnSync('lintian', ['--fail-on', 'error,warning', deb], { encoding: 'utf8' })
    equal(status, 0, `${stdout}${stderr}`)
  })

  test('the .rpm holds the same files as the .deb, byte by byte, but those that are for Debian alone', () => {
    const unpack = `
      cd "$1" && mkdir from-deb from-rpm
      dpkg-deb --extract "$2" from-deb
      rpm2cpio "$3" | (cd from-rpm && cpio --extract --make-directories --preserve-modification-time --quiet)
      rm -r from-deb/usr/share/lintian from-deb/usr/share/doc/rcron/changelog.Debian.gz
      diff --recursive --no-dereference from-deb from-rpm
      cd from-deb && find . ! -type d -exec stat -c '%n %a %Y' {} + | sort >../deb.list
      cd ../from-rpm && find . ! -type d -exec stat -c '%n %a %Y' {} + | sort >../rpm.list
      cd .. && diff deb.list rpm.list
      rm -r from-deb from-rpm
    `
    const names = [packages.deb(packages.first), packages.rpm(packages.first)]
    execFileSync('bash', ['-euo', 'pipefail', '-c', unpack, 'unpack', packages.directory, ...names], {
      stdio: 'inherit',
    })
  })
}
