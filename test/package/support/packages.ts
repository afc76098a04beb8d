import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ARCHITECTURES, type Architecture } from '../../../packaging/architectures.ts'
import { completions } from '../../../packaging/completion/completions.ts'
import { debName, makeDeb } from '../../../packaging/deb.ts'
import { readLockFile } from '../../../packaging/lock-file.ts'
import { manualPages } from '../../../packaging/manual/manual-pages.ts'
import { provideNode } from '../../../packaging/node-runtime.ts'
import { currentRelease, REPOSITORY, type Release, releaseOf } from '../../../packaging/release.ts'
import { makeRpm, rpmName } from '../../../packaging/rpm.ts'
import { layOutTree } from '../../../packaging/tree.ts'
import { cacheDirectory } from '../../systemd/support/cache-directory.ts'

/** Where a machine has the packages. */
export const PACKAGES_INSIDE = '/root/packages'

/** Packages to install one over the other, and what somebody has who installs by hand. */
export type Packages = {
  /** Holds all of them. */
  readonly directory: string
  readonly tree: string
  readonly first: Release
  readonly second: Release
  /** File names of the .deb and .rpm of a release. */
  deb(release: Release): string
  rpm(release: Release): string
  /** A clone in which the build steps of docs/service.md have been carried out: what the installing ones need of it. */
  readonly clone: string
  remove(): void
}

export function architectureHere(): Architecture {
  const found = ARCHITECTURES.find(({ nodePackage }) => nodePackage === `node-linux-${process.arch}`)
  if (found === undefined) throw new Error(`there is no package for ${process.arch}`)
  return found
}

/** Makes what is to be tested: as `npm run package` does, but compressed little. `dist` is built. */
export async function makePackages(compression: readonly string[] = ['-Znone']): Promise<Packages> {
  const directory = mkdtempSync(join(cacheDirectory, 'clone-packages-'))
  const architecture = architectureHere()
  const [tree, lock] = [join(directory, 'tree'), readLockFile()]
  const node = provideNode(architecture.nodePackage, lock, join(directory, 'node'))
  const first = currentRelease(process.env)
  const second = releaseOf(`${first.version}.1`, first.epoch)
  for (const release of [second, first]) {
    layOutTree(tree, { release, node, lock, manual: await manualPages(release), completions: await completions() })
    stamp(tree, release)
    makeDeb(tree, directory, release, architecture, { compression })
    makeRpm(tree, directory, release, architecture, { compression: 'w0.ufdio' })
  }
  rmSync(join(directory, 'node'), { recursive: true })
  return {
    directory,
    tree,
    first,
    second,
    deb: (release) => debName(release, architecture),
    rpm: (release) => rpmName(release, architecture),
    clone: layOutClone(join(directory, 'clone'), tree),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** The program says of which release it is. */
function stamp(tree: string, { version }: Release): void {
  const path = join(tree, 'usr/lib/rcron/package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...manifest, version }))
}

function layOutClone(clone: string, tree: string): string {
  mkdirSync(join(clone, 'tmp'), { recursive: true })
  execFileSync('cp', ['-al', join(tree, 'usr/lib/rcron'), join(clone, 'tmp/rcron')])
  for (const folder of ['systemd', 'test/systemd/support']) {
    cpSync(join(REPOSITORY, folder), join(clone, folder), { recursive: true })
  }
  return clone
}
