import module from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { makeDirectory } from './files/make-directory.ts'
import { distrustOfDirectory } from './files/path-trust.ts'

/**
 * Lets Node keep what it compiled of the program from one start to the next. Whoever can write there decides what runs here: only a
 * directory that nobody but root and this user can change, or lead elsewhere, is used, and none where there is no such directory.
 */
export function useCompileCache(environment: Readonly<Record<string, string | undefined>>): void {
  if (module.getCompileCacheDir() !== undefined) return
  const directory = join(cacheHome(environment), 'rcron', 'node')
  try {
    if (distrustOfDirectory(directory) !== null) return
    makeDirectory(directory)
    if (distrustOfDirectory(directory) === null) module.enableCompileCache(directory)
  } catch {
    // Nothing can be kept there: the start takes a little longer.
  }
}

/** By the rules of freedesktop.org: what is no absolute path does not count. */
function cacheHome({ XDG_CACHE_HOME: written = '' }: Readonly<Record<string, string | undefined>>): string {
  return isAbsolute(written) ? written : join(homedir(), '.cache')
}
