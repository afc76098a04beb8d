import { realpath } from 'node:fs/promises'
import { normalize } from 'node:path'
import type { BoundedFile } from '../platform/files/bounded-file.ts'
import { sniffKey } from './key-text.ts'
import { shellWord } from './shell-word.ts'

/** What is wrong with a file that a row names, and what to do; null if that is said. */
export type FileFault = { readonly message: string; readonly hint: string | null }

/** Whether a file's owner is somebody whose word counts; null if it is. */
export function ownerFault({ uid }: BoundedFile, what: string): FileFault | null {
  const own = process.getuid?.() ?? 0
  if (uid === own || uid === 0) return null
  return {
    message: `${what} belongs to user id ${uid}, expected rcron's user (id ${own}) or root`,
    hint: `give rcron its own copy, owned by user id ${own}, with mode 600`,
  }
}

/**
 * Why a key file is too open to be used, by the rule of OpenSSH: one's own is for nobody else. root's may be read by rcron's group, as
 * rcron could not read it otherwise. Null if it is not.
 */
export function keyRightsFault(file: BoundedFile, { what, path }: { what: string; path: string }): FileFault | null {
  const isOwn = file.uid === process.getuid?.()
  const excess = file.mode & (isOwn ? 0o077 : 0o037)
  if (excess === 0 || !holdsPrivateKey(file)) return null
  return {
    message: `${what} has mode ${file.mode.toString(8).padStart(4, '0')} and is open to other users, expected ${isOwn ? '0600 or 0400' : '0640 or 0400'}`,
    hint: isOwn
      ? `chmod 600 ${shellWord(path)}; anyone who read it until now has the key`
      : `let root remove the permissions of others, or give rcron its own copy with mode 600`,
  }
}

function holdsPrivateKey({ content }: BoundedFile): boolean {
  return ['openssh', 'pem', 'putty-2', 'putty-3', 'cut-short'].includes(sniffKey(content.toString('utf8')).kind)
}

/** Whether the path as it is written leads below `directory`. */
export function isWrittenBelow(path: string, directory: string): boolean {
  const root = normalize(`${directory}/`)
  const normal = normalize(path)
  return normal.startsWith(root) && normal !== root
}

/** Whether a file, where its links end, lies below `directory`, where the links of that end. */
export async function isBelow({ realPath }: BoundedFile, directory: string): Promise<boolean> {
  return isWrittenBelow(realPath, await realOrSame(directory))
}

/** Whether a file is one of `paths`. */
export async function isOneOf({ realPath }: BoundedFile, paths: readonly string[]): Promise<boolean> {
  const real = await Promise.all(paths.map(realOrSame))
  return real.includes(realPath)
}

function realOrSame(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}
