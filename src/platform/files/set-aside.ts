import { readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** How many files of one name are kept aside: the newest. */
const MOST_KEPT = 5

/**
 * Moves a file that cannot be used to `<path>.bad-<time>`, where it can be looked at and is never read again, and drops the oldest
 * of those. Resolves with its new path; null where it could not be moved.
 */
export async function setAside(path: string, now: number): Promise<string | null> {
  const aside = `${path}.bad-${new Date(now).toISOString().replaceAll(':', '')}`
  try {
    await rename(path, aside)
    await dropOldest(path)
    return aside
  } catch {
    return null // A read-only directory: the caller says what is wrong with the file, which matters more.
  }
}

async function dropOldest(path: string): Promise<void> {
  const directory = dirname(path)
  const names = (await readdir(directory)).filter((name) => name.startsWith(`${basename(path)}.bad-`))
  const oldest = names.sort().slice(0, -MOST_KEPT)
  await Promise.all(oldest.map((name) => unlink(join(directory, name))))
}
