import { closeSync, constants, fstatSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { codeOf } from '../error-code.ts'
import { readAtMostSync, UnusableFileError } from './bounded-file.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants

/** The unit of `stat.blocks`, whatever the file system's own is. */
const BLOCK_BYTES = 512

/**
 * The text of a regular file of this user, no longer than `maxBytes`; null if there is none. Throws an UnusableFileError for any
 * other file, and the system's own error where it cannot be read now.
 */
export function readOwnFile(path: string, maxBytes: number): string | null {
  const descriptor = openOrNull(path)
  if (descriptor === null) return null
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new UnusableFileError('it is not a regular file')
    if (found.uid !== process.getuid?.())
      throw new UnusableFileError(`it belongs to user id ${found.uid}, not to rcron's user`)
    if (found.size > maxBytes) throw new UnusableFileError(`it has ${found.size} bytes, expected at most ${maxBytes}`)
    return readAtMostSync(descriptor, maxBytes, BigInt(found.size)).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Writes `text` over the text of `path`, in the room that it takes already: where a directory takes no new names, or a disk is full, that
 * may be all that is left. Not atomic against a loss of power. Throws where it cannot, with the old text whole.
 */
export function overwriteFile(path: string, text: string): void {
  const descriptor = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
  try {
    const bytes = Buffer.from(text)
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new UnusableFileError('it is not a regular file')
    if (bytes.length > Math.max(found.size, found.blocks * BLOCK_BYTES)) {
      throw Object.assign(new Error(`${bytes.length} bytes have no room in it`), { code: 'ENOSPC' })
    }
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at)
    ftruncateSync(descriptor, bytes.length)
  } finally {
    closeSync(descriptor)
  }
}

/** Removes `path`; fine if it has gone. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) === 'ELOOP') throw new UnusableFileError('it is a symbolic link', { cause: error })
    throw error
  }
}
