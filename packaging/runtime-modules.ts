import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import type { LockEntries } from './lock-file.ts'

const IMPORTED = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["'`]([^"'`\s.][^"'`\s]*)["'`]/g

/**
 * The directories (`node_modules/NAME`) of the packages that the program in `dist` loads, with all that they need in turn. None where it
 * is bundled whole. Only what the lock file installs for production counts: a bundle may hold the names of others, which it can do without.
 */
export function modulesOf(dist: string, lock: LockEntries): readonly string[] {
  const needed = new Set<string>()
  const take = (name: string, from: string) => {
    const path = locate(name, from, lock)
    if (path === undefined || needed.has(path)) return
    needed.add(path)
    for (const dependency of Object.keys(lock[path]?.dependencies ?? {})) take(dependency, path)
  }
  for (const name of namesIn(dist)) take(name, '')
  return [...needed].sort()
}

function namesIn(dist: string): readonly string[] {
  const files = globSync('**/*.{js,mjs,cjs}', { cwd: dist })
  const imported = files.flatMap((file) =>
    [...readFileSync(join(dist, file), 'utf8').matchAll(IMPORTED)].map(([, specifier = '']) => specifier),
  )
  return [...new Set(imported.filter((specifier) => !isBuiltin(specifier)).map(packageOf))]
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** As Node looks for it: in the importing package's own directory, then above. */
function locate(name: string, from: string, lock: LockEntries): string | undefined {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
    const path = above === '' ? `node_modules/${name}` : `${above}/node_modules/${name}`
    const entry = lock[path]
    if (entry !== undefined) return entry.dev || entry.optional ? undefined : path
    if (above === '') return undefined
  }
}
