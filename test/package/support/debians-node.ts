import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDirectory } from '../../systemd/support/cache-directory.ts'

const run = promisify(execFile)

/** What Debian 12 has: packages that are no part of rcron, by exact version. */
const NODE = '18.20.8'
const NPM = '9.2.0'

/** Where a machine has them; `bin` goes onto its path. */
export const DEBIANS_NODE = '/opt/debians-node'

/**
 * Node and npm in the versions of Debian 12, in a directory that is fetched once and kept, and beside them the npm cache that an
 * installation of `tarball` leaves: with it a machine without a network installs the same. Resolves to the directory.
 */
export async function provideDebiansNode(tarball: string, work: string): Promise<string> {
  const directory = join(work, 'debians-node')
  cpSync(await fetchOnce(), directory, { recursive: true, verbatimSymlinks: true })
  const npm = join(directory, 'node_modules/npm/bin/npm-cli.js')
  const cache = join(directory, 'npm-cache')
  const install = ['install', '--global', `--prefix=${join(work, 'installed')}`, `--cache=${cache}`, tarball]
  await run(join(directory, NODE_PACKAGE, 'bin/node'), [npm, ...install])
  rmSync(join(work, 'installed'), { recursive: true })
  return directory
}

const NODE_PACKAGE = `node_modules/node-linux-${process.arch}`

async function fetchOnce(): Promise<string> {
  const kept = join(cacheDirectory, `debians-node-${NODE}-${NPM}`)
  if (existsSync(kept)) return kept
  const fresh = `${kept}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  const packages = [`node-linux-${process.arch}@${NODE}`, `npm@${NPM}`]
  await run('npm', ['install', '--prefix', fresh, '--no-save', '--ignore-scripts', ...packages])
  rmSync(kept, { recursive: true, force: true })
  renameSync(fresh, kept)
  return kept
}

/** Makes `node` and `npm` commands of a machine, as Debian's packages do. `registry` is where the cache was filled from. */
export function installDebiansNode(registry: string): string {
  return `
    ln -s ${DEBIANS_NODE}/${NODE_PACKAGE}/bin/node /usr/local/bin/node
    ln -s ${DEBIANS_NODE}/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
    cp -r ${DEBIANS_NODE}/npm-cache /root/npm-cache
    printf 'offline=true\\nprefix=/usr/local\\ncache=/root/npm-cache\\nregistry=%s\\n' '${registry}' >/home/me/.npmrc
  `
}
