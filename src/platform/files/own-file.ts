import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { codeOf } from '../error-code.ts'
import { isRunning } from '../process-identity.ts'
import { readAtMostSync } from './bounded-file.ts'

/** A file that is there and cannot be what it should be; the message says why. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError'
}

/** Whether `directory` takes a new file now. */
export function takesFiles(directory: string): boolean {
  try {
    const { temporary, descriptor } = writeTemporary(`${directory}/writable`, '?')
    closeSync(descriptor)
    removeFile(temporary)
    return true
  } catch {
    return false
  }
}

/** Replaces `path`: a reader sees the old text or the new one. It reaches the disk soon after, not before this returns. */
export function replaceFile(path: string, text: string): void {
  const { temporary, descriptor } = writeTemporary(path, text)
  try {
    renameSync(temporary, path)
  } catch (error) {
    removeFile(temporary)
    closeSync(descriptor)
    throw error
  }
  fsync(descriptor, () => closeSync(descriptor))
}

/**
 * Writes `text` over the text of `path`, in the room that it takes already: where a directory takes no new names, or a disk is full, that
 * may be all that is left. Not atomic against a loss of power. Throws where it cannot, with the old text whole.
 */
export function overwriteFile(path: string, text: string): void {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const bytes = Buffer.from(text)
    const { size, blocks } = fstatSync(descriptor)
    if (bytes.length > Math.max(size, blocks * BLOCK_BYTES)) {
      throw Object.assign(new Error(`${bytes.length} bytes have no room in it`), { code: 'ENOSPC' })
    }
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at)
    ftruncateSync(descriptor, bytes.length)
  } finally {
    closeSync(descriptor)
  }
}

/** The unit of `stat.blocks`, whatever the file system's own is. */
const BLOCK_BYTES = 512

/** Makes `path` with all of `text` in it, or does nothing and returns false where there is a file of that name. */
export function createFile(path: string, text: string): boolean {
  const { temporary, descriptor } = writeTemporary(path, text)
  closeSync(descriptor)
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    removeFile(temporary)
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

/**
 * The text of a regular file of this user, no longer than `maxBytes`; null where there is none. Throws an UnusableFileError for any
 * other file, and the system's own error where it cannot be read now.
 */
export function readOwnFile(path: string, maxBytes: number): string | null {
  const descriptor = openOrNull(path)
  if (descriptor === null) return null
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new UnusableFileError('it is not a regular file')
    if (found.uid !== process.getuid?.())
      throw new UnusableFileError(`it belongs to user id ${found.uid}, not to this one`)
    if (found.size > maxBytes) throw new UnusableFileError(`it has ${found.size} bytes, more than ${maxBytes}`)
    return readAtMostSync(descriptor, maxBytes, BigInt(found.size)).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Removes `path` if it is a temporary file of this module, and the process that wrote it has gone. One of this process's number is of an
 * earlier one, as in a container each is number 1: nothing here waits while it writes.
 */
export function sweepTemporary(path: string): void {
  const writer = Number(/\/\.[^/]*\.(\d+)-[0-9a-f]+\.tmp$/.exec(path)?.[1])
  if (writer === process.pid || (writer > 0 && !isRunning(writer))) removeFile(path)
}

function writeTemporary(path: string, text: string): { readonly temporary: string; readonly descriptor: number } {
  const slash = path.lastIndexOf('/') + 1
  const temporary = `${path.slice(0, slash)}.${path.slice(slash)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeWhole(descriptor, Buffer.from(text))
  } catch (error) {
    closeSync(descriptor)
    removeFile(temporary)
    throw error
  }
  return { temporary, descriptor }
}

/** A full disk may take a part of the bytes and say nothing. */
function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

function openOrNull(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) === 'ELOOP') throw new UnusableFileError('it is a symbolic link', { cause: error })
    throw error
  }
}
