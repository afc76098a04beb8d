import { codeOf } from '../error-code.ts'
import { readBoundedFileSync } from './bounded-file.ts'

/** A bundle of certificate authorities takes a few hundred KiB. */
const MAX_BYTES = 1024 * 1024

/** Says why a file cannot be used; holds nothing of what is in it. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError'
}

/** The text of a regular file of at most 1 MiB without the newline at its end. Throws a SecretFileError; never waits, as a named pipe would make it. */
export function readSecretFile(path: string): string {
  const text = contentOf(path)
    .toString('utf8')
    .replace(/\r?\n$/, '')
  if (text === '') throw new SecretFileError(`${path} is empty, expected it to hold the value`)
  return text
}

function contentOf(path: string): Buffer {
  try {
    return readBoundedFileSync(path, MAX_BYTES).content
  } catch (error) {
    throw new SecretFileError(`${path} ${whyUnreadable(error)}`, { cause: error })
  }
}

function whyUnreadable(error: unknown): string {
  const code = codeOf(error)
  switch (code) {
    case 'ENOENT':
      return 'does not exist, expected a file that holds the value'
    case 'EACCES':
    case 'EPERM':
      return `cannot be read by user id ${process.getuid?.() ?? '?'}; let that user read it`
    case 'EISDIR':
    case 'not a regular file':
      return 'is not a regular file, expected one'
    case 'kept by the kernel':
      return 'lies in /proc, /sys or /dev, expected a regular file elsewhere'
    case 'too large':
      return `is longer than ${MAX_BYTES} bytes, expected at most that many`
    default:
      return `cannot be read (${code})`
  }
}
