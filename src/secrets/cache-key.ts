import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import { OperatorError } from '../domain/errors.ts'
import { codeOf } from '../platform/error-code.ts'
import { readBoundedFile } from '../platform/files/bounded-file.ts'
import { makeDirectory } from '../platform/files/make-directory.ts'
import { createFile } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'
import { KEY_BYTES } from './sealing-keys.ts'

/** 64 digits with some white space around them. */
const MAX_BYTES = 200

/** Where the cache key comes from. */
export type CacheKeySource = {
  /** 64 hex digits; null if the operator gave none. */
  readonly key: string | null
  /** Where the one that rcron makes is kept, mode 0600. */
  readonly keyFile: string
}

/**
 * The key that seals the cache and stored secrets: the operator's, else the one in the file, which is made where there is none, and
 * that is logged once. Rejects with an OperatorError if there is none to be had; the file is never replaced.
 */
export async function obtainCacheKey({ key, keyFile }: CacheKeySource, log: Log): Promise<string> {
  if (key !== null) return key
  const found = await readKey(keyFile)
  if (found !== null) return found
  const made = randomBytes(KEY_BYTES).toString('hex')
  if (await writeKey(keyFile, made)) {
    log.info({ path: keyFile }, 'cache key created; keep a copy: without it sealed secrets cannot be opened')
    return made
  }
  return (await readKey(keyFile)) ?? made
}

async function writeKey(path: string, key: string): Promise<boolean> {
  try {
    makeDirectory(dirname(path))
    return await createFile(path, `${key}\n`)
  } catch (error) {
    throw new OperatorError(
      `cache key ${path}: cannot be created (${codeOf(error)}), expected a directory that rcron's user may write`,
      'Make the directory writable, or give a key with RCRON_CACHE_KEY.',
      { cause: error },
    )
  }
}

const REMEDY =
  'Restore the right key, or remove the file and rcron creates a new one; what was sealed with the old one is then lost.'

async function readKey(path: string): Promise<string | null> {
  const text = await readText(path)
  if (text === null) return null
  const key = text.trim().toLowerCase()
  if (/^[0-9a-f]{64}$/.test(key)) return key
  throw new OperatorError(`cache key ${path}: expected 64 hex digits`, REMEDY)
}

async function readText(path: string): Promise<string | null> {
  try {
    return (await readBoundedFile(path, MAX_BYTES)).content.toString('latin1')
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT') return null
    // Too long to be a key: something else is in its place.
    if (code === 'too large') return ''
    throw new OperatorError(`cache key ${path}: cannot be read (${code})`, "Let rcron's user read it.", {
      cause: error,
    })
  }
}
