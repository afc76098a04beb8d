import { chmodSync, closeSync, constants, fstatSync, openSync } from 'node:fs'

/** Linux's; Node has no name for it. Closing such a descriptor lets go of no lock. */
const O_PATH = 0o10000000

/**
 * Sees to it that `path` is a file that its owner alone can read; makes an empty one where there is none. Throws where a link stands there, or
 * anything but a file; else never: whoever opens it next finds out what is wrong with it.
 */
export function makePrivateFile(path: string): void {
  try {
    makeEmptyFile(path)
  } catch {
    closeToOthers(path)
  }
}

/** Throws the system's error, also where something of that name is there: to close a file that this process has locked would let go of the lock. */
export function makeEmptyFile(path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
}

/**
 * Takes from others what they may do with a file of this user. Throws where a link stands there, or anything but a file. Elsewhere than on
 * Linux there is no way to look at a file without the risk of letting go of its locks: what rcron makes is private from the start.
 */
export function closeToOthers(path: string): void {
  if (process.platform !== 'linux') return
  const descriptor = openOrNull(path)
  if (descriptor === null) return
  try {
    const found = fstatSync(descriptor)
    if (found.isSymbolicLink()) throw new Error(`${path} is a symbolic link, expected a file`)
    if (!found.isFile()) throw new Error(`${path} is not a regular file`)
    if (found.uid === process.getuid?.() && (found.mode & 0o077) !== 0) tryToChange(`/proc/self/fd/${descriptor}`)
  } finally {
    closeSync(descriptor)
  }
}

/** The link itself, where one stands there; null if there is nothing, or nothing that may be looked at. */
function openOrNull(path: string): number | null {
  try {
    return openSync(path, O_PATH | constants.O_NOFOLLOW)
  } catch {
    return null
  }
}

function tryToChange(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch {
    // On a read-only file system: its directory guards it.
  }
}
