import { equal, throws } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { currentRelease, debianVersion, releaseOf } from '../../packaging/release.ts'

test('a pre-release comes before its release, and a repair after it, as dpkg compares them', () => {
  const ascending = ['2.0.0', '2.1.0-beta.1', '2.1.0-beta.2', '2.1.0-rc.1', '2.1.0', '2.1.1']
  const versions = ascending.map((version) => debianVersion(releaseOf(version, 0)))
  for (const [index, version] of versions.slice(1).entries()) {
    execFileSync('dpkg', ['--compare-versions', versions[index] ?? '', 'lt', version])
  }
})

test('the time of all files is the one that is given, and has to be seconds', () => {
  equal(currentRelease({ SOURCE_DATE_EPOCH: '1700000000' }).epoch, 1_700_000_000)
  throws(() => currentRelease({ SOURCE_DATE_EPOCH: 'yesterday' }), /found "yesterday", expected seconds since 1970/)
})
