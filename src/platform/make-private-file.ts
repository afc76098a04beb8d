import { chmodSync, closeSync, openSync } from 'node:fs'

/**
 * Sees to it that `path` is a file that its owner alone can read; makes an empty one where there is none. Never throws: whoever opens
 * it next finds out what is wrong with it.
 */
export function makePrivateFile(path: string): void {
  try {
    // Exclusively: to close a file that this process has locked would let go of the lock.
    closeSync(openSync(path, 'wx', 0o600))
  } catch {
    tryToChange(path)
  }
}

function tryToChange(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch {
    // Another user's, or on a read-only file system: its directory guards it.
  }
}
