import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'

const NEWLINE = 0x0a

/**
 * Adds one line to known_hosts, whole or not at all: one write to the end of the file, after a newline where the last line lacks
 * its own. Makes the file (mode 0600) where it is not there. Throws the error of the file system.
 */
export function appendKnownHost(path: string, line: string): void {
  const { O_RDWR, O_APPEND, O_CREAT, O_NONBLOCK } = constants
  const fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600)
  try {
    const { size } = fstatSync(fd)
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
  throw Object.assign(new Error('the line was not written whole'), { code: 'ENOSPC' })
}
