import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LockEntries } from './lock-file.ts'

/** The Node that goes into a package: its program, and its licences as it states them. */
export type NodeRuntime = { readonly program: string; readonly license: string; readonly version: string }

/**
 * Fetches the registry's package with the Node of a platform into `directory`, through npm, by the version and the hash of the lock file.
 * Throws where what came is anything else.
 */
export function provideNode(name: string, lock: LockEntries, directory: string): NodeRuntime {
  const { version, integrity } = lock[`node_modules/${name}`] ?? {}
  if (version === undefined || integrity === undefined) throw new Error(`package-lock.json has no hash for ${name}`)
  mkdirSync(directory, { recursive: true })
  const fetched = mkdtempSync(join(directory, 'fetched-'))
  try {
    const tarball = fetchTarball(`${name}@${version}`, fetched)
    refuseOther(tarball, integrity, name)
    const unpacked = join(directory, name)
    rmSync(unpacked, { recursive: true, force: true })
    mkdirSync(unpacked)
    execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1', '--no-same-owner'])
    return { program: join(unpacked, 'bin/node'), license: join(unpacked, 'LICENSE'), version }
  } finally {
    rmSync(fetched, { recursive: true, force: true })
  }
}

function fetchTarball(wanted: string, into: string): string {
  const args = ['pack', wanted, '--json', '--prefer-offline', '--ignore-scripts', '--pack-destination', into]
  const said = execFileSync('npm', args, { encoding: 'utf8', cwd: into, stdio: ['ignore', 'pipe', 'inherit'] })
  const [packed] = JSON.parse(said) as readonly { readonly filename: string }[]
  if (packed === undefined) throw new Error(`npm pack ${wanted} named no file:\n${said}`)
  return join(into, packed.filename)
}

function refuseOther(tarball: string, integrity: string, name: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  if (found !== integrity) throw new Error(`${name}: found ${found}, expected ${integrity} of package-lock.json`)
}
