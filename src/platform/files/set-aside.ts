import { readdirSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** How many files of one name are kept aside: the newest. */
const MOST_KEPT = 5

/**
 * Moves a file that cannot be used to `<path>.bad-<time>`, where it can be looked at and is never read again, and drops the oldest
 * of those. Returns its new path. Throws the system's error where it cannot be moved.
 */
export function setAside(path: string, now: number): string {
  const aside = `${path}.bad-${new Date(now).toISOString().replaceAll(':', '')}`
  renameSync(path, aside)
  try {
    dropOldest(path)
  } catch {
    // What stays does no harm; a directory among them is for whoever has put it there.
  }
  return aside
}

function dropOldest(path: string): void {
  const directory = dirname(path)
  const names = readdirSync(directory).filter((name) => name.startsWith(`${basename(path)}.bad-`))
  for (const name of names.sort().slice(0, -MOST_KEPT)) unlinkSync(join(directory, name))
}
