import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** By exact version: what is tested does not change by itself. */
export const OLDER_NODES = ['18.20.8', '20.20.2', '22.23.5'] as const

const CACHE = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rcron-test', 'nodes')

/** The program of that Node, from npm's package for this platform; fetched once, and kept. */
export async function anOlderNode(version: (typeof OLDER_NODES)[number]): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`
  const kept = join(CACHE, version)
  const node = join(kept, 'node_modules', name, 'bin', 'node')
  if (existsSync(node)) return node
  const fresh = `${kept}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  await promisify(execFile)('npm', [
    'install',
    '--prefix',
    fresh,
    '--no-save',
    '--ignore-scripts',
    `${name}@${version}`,
  ])
  rmSync(kept, { recursive: true, force: true })
  renameSync(fresh, kept)
  return node
}
