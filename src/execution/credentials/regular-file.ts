import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'

/** A path that leads to something other than a file of reasonable size. Has a code, as the errors of the file system have. */
class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** The code of a file system's error (`ENOENT`, `EACCES` …), or its name where it has none. Never its text. */
export function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** Differs whenever the file at a path has been written, replaced or given other rights; undefined where there is none. */
export type FileStamp = string

/** Follows symbolic links. Throws the error of the file system, but for a file that is not there. */
export function stampOf(path: string): FileStamp | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : stampOfStats(stats)
}

function stampOfStats(stats: BigIntStats): FileStamp {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs, stats.mode].join(':')
}

export type RegularFile = { readonly content: Buffer; readonly mode: number; readonly stamp: FileStamp }

/**
 * Reads a whole file. Throws the error of the file system, or one whose code is `EISDIR`, `not a regular file` or `too large`;
 * a pipe or a device is never waited for.
 */
export function readRegularFile(path: string, maxBytes: number): RegularFile {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(fd, { bigint: true })
    if (stats.isDirectory()) throw new UnusableFileError('EISDIR')
    if (!stats.isFile()) throw new UnusableFileError('not a regular file')
    if (stats.size > BigInt(maxBytes)) throw new UnusableFileError('too large')
    return { content: readFileSync(fd), mode: Number(stats.mode & 0o777n), stamp: stampOfStats(stats) }
  } finally {
    closeSync(fd)
  }
}
