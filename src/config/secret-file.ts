import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

const MAX_BYTES = 64 * 1024

/** Says why a file cannot be used; holds nothing of what is in it. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError'
}

/** The text of a small regular file without the newline at its end. Throws a SecretFileError; never waits, as a named pipe would make it. */
export function readSecretFile(path: string): string {
  const descriptor = open(path)
  try {
    const found = fstatSync(descriptor)
    if (!found.isFile()) throw new SecretFileError(`${path} is no regular file, expected one`)
    if (found.size > MAX_BYTES)
      throw new SecretFileError(`${path} holds ${found.size} bytes, expected at most ${MAX_BYTES}`)
    const text = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '')
    if (text === '') throw new SecretFileError(`${path} is empty, expected the value in it`)
    return text
  } finally {
    closeSync(descriptor)
  }
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw new SecretFileError(`${path} ${whyUnreadable(error)}`, { cause: error })
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (code === 'ENOENT') return 'is not there, expected a file with the value in it'
  if (code === 'EACCES' || code === 'EPERM')
    return `may not be read by user id ${process.getuid?.() ?? '?'}; give that user the right`
  return `cannot be read (${code})`
}
