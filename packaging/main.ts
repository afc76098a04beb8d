import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ARCHITECTURES } from './architectures.ts'
import { completions } from './completion/completions.ts'
import { makeDeb } from './deb.ts'
import { readLockFile } from './lock-file.ts'
import { manualPages } from './manual/manual-pages.ts'
import { provideNode } from './node-runtime.ts'
import { currentRelease, REPOSITORY } from './release.ts'
import { makeRpm } from './rpm.ts'
import { layOutTree } from './tree.ts'

/** Makes every package of this source, which is built, and names them on standard output. */
const made = join(REPOSITORY, 'tmp/packages')
const work = join(made, 'work')
const release = currentRelease(process.env)
const lock = readLockFile()
const manual = await manualPages(release)
const completed = await completions()
const tell = (path: string) => console.log(relative(process.cwd(), path))

rmSync(made, { recursive: true, force: true })
mkdirSync(work, { recursive: true })
for (const architecture of ARCHITECTURES) {
  const node = provideNode(architecture.nodePackage, lock, join(work, 'node'))
  const tree = join(work, architecture.debian)
  layOutTree(tree, { release, node, lock, manual, completions: completed })
  tell(makeDeb(tree, made, release, architecture))
  tell(makeRpm(tree, made, release, architecture))
}
const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', made], {
  cwd: REPOSITORY,
  encoding: 'utf8',
})
const [tarball] = JSON.parse(packed) as readonly { readonly filename: string }[]
if (tarball !== undefined) tell(join(made, tarball.filename))
rmSync(work, { recursive: true })
