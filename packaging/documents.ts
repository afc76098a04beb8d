import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LockEntries } from './lock-file.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { debianVersion, REPOSITORY, type Release } from './release.ts'

export const MAINTAINER = 'rcron maintainers <maintainers@rcron.invalid>'

/** Debian's change log: a package of this version, and where the changes are told. */
export function debianChangelog(release: Release): string {
  const date = new Date(release.epoch * 1000).toUTCString().replace('GMT', '+0000')
  return `rcron (${debianVersion(release)}) unstable; urgency=medium

  * Version ${release.version}; what has changed stands in changelog.gz.

 -- ${MAINTAINER}  ${date}
`
}

/** Whose work is in the package, and under which terms: rcron's, Node's, and those of the packages that the program is made of. */
export function copyrightOf(lock: LockEntries, node: NodeRuntime): string {
  const parts = [
    ['rcron', readFileSync(join(REPOSITORY, 'LICENSE'), 'utf8')],
    [
      `/usr/lib/rcron/bin/node: Node.js ${node.version}, as the registry's package has it`,
      readFileSync(node.license, 'utf8'),
    ],
    ...productionPackages(lock).map((path) => licenseOf(path, lock)),
  ] as const
  return parts.map(([about, terms]) => `${'='.repeat(78)}\n${about}\n${'='.repeat(78)}\n\n${terms.trim()}\n`).join('\n')
}

/** All that a bundle may hold. */
function productionPackages(lock: LockEntries): readonly string[] {
  return Object.keys(lock).filter((path) => path !== '' && !lock[path]?.dev && !lock[path]?.optional)
}

function licenseOf(path: string, lock: LockEntries): readonly [string, string] {
  const { version, license } = lock[path] ?? {}
  const files = globSync('{LICEN[CS]E,licen[cs]e,COPYING}*', { cwd: join(REPOSITORY, path) }).sort()
  const terms = files.map((file) => readFileSync(join(REPOSITORY, path, file), 'utf8').trim())
  if (terms.length === 0 && license === undefined) throw new Error(`${path} does not say under which licence it is`)
  const about = `In the program: ${path.replace(/^.*node_modules\//, '')} ${version}`
  return [about, terms.length > 0 ? terms.join('\n\n') : `Its package names the licence ${license}.`]
}
