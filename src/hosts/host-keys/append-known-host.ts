import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, realpathSync, writeSync } from 'node:fs'
import { distrustOf } from '../../platform/files/path-trust.ts'

const NEWLINE = 0x0a

/**
 * Adds one line to known_hosts, whole or not at all: one write to the end of the file, after a newline where the last line lacks
 * its own. Makes the file (mode 0600) where it is not there. Throws the error of the file system, and one with the code `not safe` where
 * somebody else decides what the path leads to.
 */
export function appendKnownHost(path: string, line: string): void {
  if (distrustOf(path) !== null) throw failure('not safe', 'others may change where it leads')
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = constants
  const fd = openSync(realPathOf(path), O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw failure('not a regular file', 'expected a file')
    const { size } = stats
    appendWhole(fd, size, Buffer.from(endsOpen(fd, size) ? `\n${line}\n` : `${line}\n`))
  } finally {
    closeSync(fd)
  }
}

function endsOpen(fd: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE
}

/** Takes a part that was written back, as long as nobody has written after it. */
function appendWhole(fd: number, before: number, bytes: Buffer): void {
  const written = writeSync(fd, bytes)
  if (written === bytes.length) return
  if (fstatSync(fd).size === before + written) ftruncateSync(fd, before)
  throw failure('ENOSPC', 'the line was not written whole')
}

/** A link of this user's own is followed; what it leads to is opened as itself. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path // Not there yet.
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
