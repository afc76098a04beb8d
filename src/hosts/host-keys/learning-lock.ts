import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { codeOf } from '../../platform/error-code.ts'

const PAUSE_MS = 5
const ATTEMPTS = 40
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/**
 * Runs `learn` while no other rcron on this machine learns into the same file. What is held is the file `<path>.lock`, for the
 * millisecond that a line takes; one that stays for 0.2 s was left by a process that died, and is taken over. Throws the error of
 * the file system.
 */
export function withLearningLock<Result>(path: string, learn: () => Result): Result {
  const lock = `${path}.lock`
  take(lock)
  try {
    return learn()
  } finally {
    release(lock)
  }
}

function take(lock: string): void {
  const first = identityOf(lock)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (isOurs(lock)) return
    Atomics.wait(sleeper, 0, 0, PAUSE_MS)
  }
  // Held all the time by one and the same file: nobody is at work there.
  if (identityOf(lock) === first) rmSync(lock, { force: true })
  if (!isOurs(lock)) throw Object.assign(new Error('the lock is held'), { code: 'EBUSY' })
}

/** True as well where the directory takes no lock file at all: known_hosts itself may still be writable. */
function isOurs(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx', 0o600))
    return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return false
    if (code === 'EACCES' || code === 'EPERM') return true
    throw error
  }
}

function identityOf(lock: string): string | undefined {
  const stats = statSync(lock, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.ino}:${stats.ctimeNs}`
}

function release(lock: string): void {
  try {
    rmSync(lock, { force: true })
  } catch {
    // It could not be made either, or is taken over after a while.
  }
}
