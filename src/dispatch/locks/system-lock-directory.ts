import { statSync } from 'node:fs'
import { OperatorError } from '../../domain/errors.ts'
import { codeOf } from '../../platform/error-code.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { describeDistrust, distrustOf } from '../../platform/files/path-trust.ts'

/**
 * Makes `directory` with mode 0700 where there is none. Throws an OperatorError if it cannot be made, or where anyone but this user
 * may write in it or turn the way to it elsewhere: a lock file there could be anyone's word.
 */
export function makePrivateDirectory(directory: string): void {
  refuseForeign(directory)
  try {
    makeDirectory(directory)
  } catch (error) {
    throw cannotMake(directory, error)
  }
  refuseForeign(directory)
  const { mode, uid } = statSync(directory)
  if (uid === process.getuid?.() && (mode & 0o022) === 0) return
  const found = `has mode ${(mode & 0o7777).toString(8)} and belongs to user id ${uid}`
  throw new OperatorError(
    `lock directory ${directory} ${found}, expected one that only user id ${process.getuid?.()} can write to`,
    'Set RCRON_LOCK_DIR to a path that does not exist yet, below a directory of this user: rcron creates it. Other programs may need the mode of this one.',
  )
}

/** What leads there, and whose it is; too many rights on the directory itself are told by its mode. */
function refuseForeign(directory: string): void {
  const distrust = distrustOf(directory)
  if (distrust === null || (distrust.path === directory && distrust.why === 'open')) return
  const where = distrust.path === directory ? 'it' : `${distrust.path}, on the way to it,`
  throw new OperatorError(
    `lock directory ${directory}: ${where} ${describeDistrust(distrust)}, expected that only root and user id ${process.getuid?.()} can change it`,
    'Set RCRON_LOCK_DIR to a directory that nobody else can write to.',
  )
}

function cannotMake(directory: string, cause: unknown): OperatorError {
  return new OperatorError(`lock directory ${directory}: cannot be made (${codeOf(cause)})`, null, { cause })
}
