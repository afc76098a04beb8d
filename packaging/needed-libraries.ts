import { execFileSync } from 'node:child_process'

/** For each library that Node may need of the system: Debian's package with it, of the version in which all that Node asks for is there. */
const DEBIAN: Readonly<Record<string, string>> = {
  'libc.so.6': 'libc6 (>= 2.28)',
  'libdl.so.2': 'libc6 (>= 2.28)',
  'libm.so.6': 'libc6 (>= 2.28)',
  'libpthread.so.0': 'libc6 (>= 2.28)',
  'ld-linux-x86-64.so.2': 'libc6 (>= 2.28)',
  'ld-linux-aarch64.so.1': 'libc6 (>= 2.28)',
  'libgcc_s.so.1': 'libgcc-s1',
  'libstdc++.so.6': 'libstdc++6 (>= 8)',
  'libatomic.so.1': 'libatomic1',
}

/** The names of the libraries that `program` is linked with, also where it is for another machine. */
export function neededLibraries(program: string): readonly string[] {
  const said = execFileSync('readelf', ['--dynamic', '--wide', program], { encoding: 'utf8' })
  return [...said.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name = '']) => name).sort()
}

/** Debian's packages that bring `libraries`. Throws where one is not known: nobody would miss it before the start. */
export function debianPackages(libraries: readonly string[]): readonly string[] {
  const packages = libraries.map((library) => {
    const found = DEBIAN[library]
    if (found === undefined)
      throw new Error(`Node needs ${library}: packaging/needed-libraries.ts must say what brings it`)
    return found
  })
  return [...new Set(packages)].sort()
}
