import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../error-code.ts'
import { isRunning } from '../process-identity.ts'

const TEMPORARY = /^(?<name>.+)\.(?<writer>\d+)-[0-9a-f]{12}\.tmp$/

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

/** Removes what processes that were killed while they wrote `path` have left; one that is alive may still be writing. Never rejects. */
export async function sweepTemporary(path: string): Promise<void> {
  const directory = dirname(path)
  const names = await readdir(directory).catch(() => [])
  const stale = names.filter((name) => {
    const { name: of, writer } = TEMPORARY.exec(name)?.groups ?? {}
    return of === basename(path) && !writing.has(join(directory, name)) && !isRunningElsewhere(Number(writer))
  })
  await Promise.all(stale.map((name) => discard(join(directory, name))))
}

/** What of this process's number is not in `writing` is of an earlier one: in a container each is number 1. */
const writing = new Set<string>()

function isRunningElsewhere(pid: number): boolean {
  return pid !== process.pid && isRunning(pid)
}

async function throughTemporary(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  publish: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
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
