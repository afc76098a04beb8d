import { execFileSync } from 'node:child_process'
import { globSync, lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Architecture } from './architectures.ts'
import { neededLibraries } from './needed-libraries.ts'
import type { Release } from './release.ts'
import { scriptOf } from './scripts.ts'

const SCRIPTS = ['pre', 'post', 'preun', 'postun', 'posttrans'] as const
/** Directories that belong to other packages stay theirs. */
const OWN_DIRECTORIES = /^(etc\/rcron|usr\/lib\/rcron|usr\/share\/doc\/rcron)(\/|$)/
const DEBIAN_ONLY = /^usr\/share\/lintian(\/|$)|changelog\.Debian\.gz$/

const COMPRESSION = 'w9.zstdio'

export function rpmName({ upstream, revision }: Release, { rpm }: Architecture): string {
  return `rcron-${upstream}-${revision}.${rpm}.rpm`
}

/** Makes the .rpm of the files in `tree` into `directory`, and returns its path. */
export function makeRpm(
  tree: string,
  directory: string,
  release: Release,
  architecture: Architecture,
  { compression = COMPRESSION }: { readonly compression?: string } = {},
): string {
  mkdirSync(directory, { recursive: true })
  const work = mkdtempSync(join(directory, 'rpmbuild-'))
  try {
    const spec = join(work, 'rcron.spec')
    writeFileSync(spec, specOf(tree, release))
    const name = rpmName(release, architecture)
    execFileSync('rpmbuild', ['-bb', '--quiet', ...optionsFor(work, architecture, compression), spec], {
      env: { ...process.env, SOURCE_DATE_EPOCH: String(release.epoch), TZ: 'UTC', LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const made = join(directory, name)
    renameSync(join(work, name), made)
    return made
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function optionsFor(work: string, { rpm }: Architecture, compression: string): readonly string[] {
  const defined: Readonly<Record<string, string>> = {
    _topdir: work,
    _rpmdir: work,
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _buildhost: 'rcron',
    _build_id_links: 'none',
    _binary_payload: compression,
    __os_install_post: '%{nil}',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
  }
  return [
    '--target',
    `${rpm}-linux`,
    ...Object.entries(defined).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
  ]
}

function specOf(tree: string, release: Release): string {
  const scripts = SCRIPTS.map((name) => `%${name}\n${escaped(scriptOf(`rpm-${name}.sh`, release)).trim()}\n`).join('\n')
  return `Name: rcron
Version: ${release.upstream}
Release: ${release.revision}
Summary: One crontab for many machines, run over SSH
License: MIT
AutoReqProv: no
${requirementsOf(tree)}

%description
A daemon that keeps job definitions from MySQL, MariaDB or an embedded SQLite store, and at every minute runs what is due
on remote hosts over SSH. Nothing is installed on the hosts. It brings its own Node along.

%install
mkdir -p %{buildroot}
cp -a ${resolve(tree)}/. %{buildroot}
rm -rf %{buildroot}/usr/share/lintian %{buildroot}/usr/share/doc/rcron/changelog.Debian.gz

${scripts}
%files
${filesOf(tree)}
`
}

function requirementsOf(tree: string): string {
  const libraries = neededLibraries(join(tree, 'usr/lib/rcron/bin/node')).filter((name) => !name.startsWith('ld-linux'))
  const wanted = libraries.map((library) => `Requires: ${library}()(64bit)`)
  return [
    ...wanted,
    'Requires: libc.so.6(GLIBC_2.28)(64bit)',
    'Requires: systemd >= 252',
    'Requires(post): systemd, coreutils, grep, sed',
  ].join('\n')
}

function filesOf(tree: string): string {
  const lines = globSync('**', { cwd: tree })
    .filter((file) => !DEBIAN_ONLY.test(file))
    .sort()
    .flatMap((file) => {
      if (lstatSync(join(tree, file)).isDirectory()) return OWN_DIRECTORIES.test(file) ? [`%dir "/${file}"`] : []
      if (file.startsWith('etc/')) return [`%config(noreplace) "/${file}"`]
      return [`"/${file}"`]
    })
  return ['%defattr(-,root,root,-)', ...lines].join('\n')
}

/** rpm expands % in scripts. */
function escaped(script: string): string {
  return script.replaceAll('%', '%%')
}
