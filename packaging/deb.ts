import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, globSync, lstatSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Architecture } from './architectures.ts'
import { MAINTAINER } from './documents.ts'
import { debianPackages, neededLibraries } from './needed-libraries.ts'
import { debianVersion, type Release } from './release.ts'
import { scriptOf } from './scripts.ts'
import type { StateFormats } from './state-formats.ts'

const SCRIPTS = ['preinst', 'postinst', 'prerm', 'postrm'] as const

/** How hard dpkg-deb tries, and with how many threads: with another number of them the bytes would differ. */
const COMPRESSION = ['-Zxz', '-z1', '--threads-max=2']

export type DebOptions = {
  /** Of the state that this version reads; absent: those of this source. */
  readonly formats?: StateFormats
  readonly compression?: readonly string[]
}

export function debName(release: Release, { debian }: Architecture): string {
  return `rcron_${debianVersion(release)}_${debian}.deb`
}

/** Makes the .deb of the files in `tree` into `directory`, and returns its path. It leaves `tree` as it was. */
export function makeDeb(
  tree: string,
  directory: string,
  release: Release,
  architecture: Architecture,
  { formats, compression = COMPRESSION }: DebOptions = {},
): string {
  const control = join(tree, 'DEBIAN')
  mkdirSync(control)
  chmodSync(control, 0o755)
  try {
    const files = globSync('**', { cwd: tree }).filter((file) => lstatSync(join(tree, file)).isFile())
    const put = (name: string, content: string, mode = 0o644) => {
      writeFileSync(join(control, name), content)
      chmodSync(join(control, name), mode)
      utimesSync(join(control, name), release.epoch, release.epoch)
    }
    put('control', controlOf(tree, files, release, architecture))
    put(
      'conffiles',
      files
        .filter((file) => file.startsWith('etc/'))
        .map((file) => `/${file}\n`)
        .join(''),
    )
    put('md5sums', sumsOf(tree, files))
    for (const script of SCRIPTS) put(script, scriptOf(`deb-${script}.sh`, release, formats), 0o755)
    utimesSync(control, release.epoch, release.epoch)
    const made = join(directory, debName(release, architecture))
    const environment = { ...process.env, SOURCE_DATE_EPOCH: String(release.epoch) }
    const args = ['--root-owner-group', ...compression, '--build', tree, made]
    execFileSync('dpkg-deb', args, { env: environment, stdio: ['ignore', 'ignore', 'inherit'] })
    return made
  } finally {
    rmSync(control, { recursive: true })
    utimesSync(tree, release.epoch, release.epoch)
  }
}

function controlOf(tree: string, files: readonly string[], release: Release, { debian }: Architecture): string {
  const kilobytes = files.reduce((sum, file) => sum + Math.ceil(lstatSync(join(tree, file)).size / 1024), 0)
  const libraries = debianPackages(neededLibraries(join(tree, 'usr/lib/rcron/bin/node')))
  return `Package: rcron
Version: ${debianVersion(release)}
Architecture: ${debian}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: ${[...libraries, 'systemd (>= 252)'].join(', ')}
Recommends: ca-certificates
Section: admin
Priority: optional
Description: one crontab for many machines, run over SSH
 A daemon that keeps job definitions from MySQL, MariaDB or an embedded SQLite
 store, and at every minute runs what is due on remote hosts over SSH: on the
 first host that succeeds, on a shuffled one, on all at once, or killing the
 previous run first. Nothing is installed on the hosts.
 .
 It brings its own Node along.
`
}

function sumsOf(tree: string, files: readonly string[]): string {
  const lines = files
    .filter((file) => !file.startsWith('etc/'))
    .map(
      (file) =>
        `${createHash('md5')
          .update(readFileSync(join(tree, file)))
          .digest('hex')}  ${file}\n`,
    )
  return lines.sort((one, other) => (one.slice(34) < other.slice(34) ? -1 : 1)).join('')
}
