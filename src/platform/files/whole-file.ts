import { closeSync, constants, fsync, linkSync, openSync, renameSync, writeSync } from 'node:fs'
import { type FileHandle, link, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../error-code.ts'
import { isRunning } from '../process-identity.ts'
import { removeFile } from './own-file.ts'

/**
 * Puts what `write` writes in the place of `path`, mode 0600: a reader sees the old file or the new one, whole, and so does whoever
 * looks after a crash or a power cut. Rejects with the system's error, and then leaves the old file and no litter.
 */
export async function replaceFile(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  await throughTemporary(path, write, (temporary) => rename(temporary, path))
  await syncDirectory(dirname(path))
}

/** Makes `path` with all of `text` in it, mode 0600, or resolves with false where there is a file of that name. */
export async function createFile(path: string, text: string): Promise<boolean> {
  try {
    await throughTemporary(
      path,
      (file) => file.writeFile(text),
      async (temporary) => {
        await link(temporary, path)
        await unlink(temporary)
      },
    )
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
  await syncDirectory(dirname(path))
  return true
}

/** As `replaceFile`, for a small file and many of them: it reaches the disk soon after, not before this returns. Throws the system's error. */
export function replaceFileSync(path: string, text: string): void {
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

/** As `createFile`, for a small file and many of them: it reaches the disk when the system takes it there. Throws the system's error. */
export function createFileSync(path: string, text: string): boolean {
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

/** Whether `directory` takes a new file now. */
export function takesFiles(directory: string): boolean {
  try {
    const { temporary, descriptor } = writeTemporary(join(directory, 'writable'), '?')
    closeSync(descriptor)
    removeFile(temporary)
    return true
  } catch {
    return false
  }
}

/** Removes what processes that were killed while they wrote `path` have left; one that is alive may still be writing. Never rejects. */
export async function sweepTemporaries(path: string): Promise<void> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  const left = names.filter((name) => nameOfTarget(name) === basename(path)).map((name) => join(directory, name))
  await Promise.all(left.filter(isLeft).map(discard))
}

/** Removes `path` if it is what a process has left that was killed while it wrote some file. */
export function sweepTemporary(path: string): void {
  if (isLeft(path)) removeFile(path)
}

/** An earlier rcron wrote some without the dot. */
const TEMPORARY = /^\.?(?<target>.+)\.(?<writer>\d+)-[0-9a-f]{12}\.tmp$/

/** Temporary files that this process is writing. */
const writing = new Set<string>()

/** It need not be hard to guess, since no file that is there is opened: `crypto` would take a quarter of a start to load. */
function temporaryFor(path: string): string {
  const mark = Math.floor(Math.random() * 2 ** 48).toString(16)
  return join(dirname(path), `.${basename(path)}.${process.pid}-${mark.padStart(12, '0')}.tmp`)
}

function nameOfTarget(name: string): string | undefined {
  return TEMPORARY.exec(name)?.groups?.['target']
}

/** What of this process's number is not in `writing` is of an earlier one: in a container each is number 1. */
function isLeft(path: string): boolean {
  const writer = Number(TEMPORARY.exec(basename(path))?.groups?.['writer'] ?? 0)
  if (writer === process.pid) return !writing.has(path)
  return writer > 0 && !isRunning(writer)
}

async function throughTemporary(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryFor(path)
  writing.add(temporary)
  try {
    await writeSynced(temporary, write)
    await publish(temporary)
  } catch (error) {
    await discard(temporary)
    throw error
  } finally {
    writing.delete(temporary)
  }
}

async function writeSynced(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Without it a power cut may take the new name back. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } catch {
    // Some file systems know no fsync of directories; the rename is as safe as they make it.
  } finally {
    await directory.close()
  }
}

async function discard(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
}

function writeTemporary(path: string, text: string): { readonly temporary: string; readonly descriptor: number } {
  const temporary = temporaryFor(path)
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
