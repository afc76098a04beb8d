import {
  chmodSync,
  cpSync,
  globSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { copyrightOf, debianChangelog } from './documents.ts'
import type { LockEntries } from './lock-file.ts'
import type { NodeRuntime } from './node-runtime.ts'
import { REPOSITORY, type Release } from './release.ts'
import { modulesOf } from './runtime-modules.ts'

const PROGRAM = 'usr/lib/rcron'
const DOCUMENTS = 'usr/share/doc/rcron'
/** What a clone that is installed by hand has its program in; the package's is elsewhere. */
const BY_HAND = '/opt/rcron/'
/** What Node reads of a package; the rest is documentation, types and tests. */
const LOADED = new Set(['.js', '.mjs', '.cjs', '.json', '.wasm', '.node'])

export type TreeParts = {
  readonly release: Release
  readonly node: NodeRuntime
  readonly lock: LockEntries
  /** Pages by their file name: `rcron.1`. */
  readonly manual: Readonly<Record<string, string>>
  /** What makes shells complete its words, by path. */
  readonly completions: Readonly<Record<string, string>>
}

/** Lays out at `root`, anew, every file that rcron's packages install, `dist` being built. The same input makes the same bytes. */
export function layOutTree(root: string, { release, node, lock, manual, completions }: TreeParts): void {
  rmSync(root, { recursive: true, force: true })
  layOutProgram(root, node, lock)
  layOutService(root)
  layOutDocuments(root, copyrightOf(lock, node), release)
  layOutManual(root, manual)
  for (const [path, content] of Object.entries(completions)) write(join(root, path), content)
  settle(root, release.epoch)
}

function layOutProgram(root: string, node: NodeRuntime, lock: LockEntries): void {
  const dist = join(REPOSITORY, 'dist')
  copy(node.program, join(root, PROGRAM, 'bin/node'))
  cpSync(dist, join(root, PROGRAM, 'dist'), { recursive: true })
  for (const module of modulesOf(dist, lock)) layOutModule(module, join(root, PROGRAM, module))
  const { name, version, license, type, engines } = JSON.parse(text('package.json'))
  write(join(root, PROGRAM, 'package.json'), `${JSON.stringify({ name, version, license, type, engines }, null, 2)}\n`)
}

function layOutModule(from: string, to: string): void {
  for (const file of globSync('**', {
    cwd: join(REPOSITORY, from),
    exclude: ['**/node_modules/**', '**/test/**', '**/benchmarks/**'],
  })) {
    const path = join(REPOSITORY, from, file)
    if (LOADED.has(extname(file)) && lstatSync(path).isFile()) copy(path, join(to, file))
  }
}

function layOutService(root: string): void {
  write(join(root, 'usr/bin/rcron'), relocated('systemd/rcron'))
  chmodSync(join(root, 'usr/bin/rcron'), 0o755)
  write(join(root, 'usr/lib/systemd/system/rcron.service'), relocated('systemd/rcron.service'))
  write(join(root, 'usr/lib/sysusers.d/rcron.conf'), text('systemd/rcron.sysusers'))
  write(join(root, 'usr/lib/tmpfiles.d/rcron.conf'), text('packaging/files/rcron.tmpfiles'))
  write(join(root, 'etc/rcron/rcron.env'), text('packaging/files/rcron.env'))
}

function layOutDocuments(root: string, copyright: string, release: Release): void {
  const folder = join(root, DOCUMENTS)
  for (const file of ['README.md', ...globSync('docs/*.md', { cwd: REPOSITORY })]) write(join(folder, file), text(file))
  write(join(folder, 'examples/rcron.env'), text('.env.example'))
  write(join(folder, 'copyright'), copyright)
  write(join(folder, 'changelog.gz'), gzipSync(text('CHANGELOG.md'), { level: 9 }))
  write(join(folder, 'changelog.Debian.gz'), gzipSync(debianChangelog(release), { level: 9 }))
  write(join(root, 'usr/share/lintian/overrides/rcron'), text('packaging/files/lintian-overrides'))
}

function layOutManual(root: string, manual: TreeParts['manual']): void {
  for (const [page, content] of Object.entries(manual)) {
    write(join(root, `usr/share/man/man${page.at(-1)}/${page}.gz`), gzipSync(content, { level: 9 }))
  }
}

/** One mode for all that is executable and one for all that is not, whoever made the files; and one time. */
function settle(root: string, epoch: number): void {
  for (const file of ['.', ...globSync('**', { cwd: root })]) {
    const path = join(root, file)
    const found = lstatSync(path)
    if (!found.isSymbolicLink()) chmodSync(path, found.isDirectory() || isProgram(file) ? 0o755 : 0o644)
    lutimesSync(path, epoch, epoch)
  }
}

function isProgram(file: string): boolean {
  return file === 'usr/bin/rcron' || file === `${PROGRAM}/bin/node`
}

function relocated(file: string): string {
  return text(file).replaceAll(BY_HAND, `/${PROGRAM}/`)
}

function text(file: string): string {
  return readFileSync(join(REPOSITORY, file), 'utf8')
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { dereference: true })
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
