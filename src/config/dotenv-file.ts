import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, type Stats } from 'node:fs'
import { parse } from 'dotenv'
import { errorAbout, type Problem, warningAbout } from '../domain/problem.ts'
import { codeOf } from '../platform/error-code.ts'
import { readAtMostSync } from '../platform/files/bounded-file.ts'
import { describeDistrust, isTrustedOwner, othersMayWrite } from '../platform/files/path-trust.ts'
import { judgeLines } from './dotenv-lines.ts'

/** What a `.env` file sets. */
export type DotenvFile = { readonly values: Readonly<Record<string, string>>; readonly problems: readonly Problem[] }

const MAX_BYTES = 1024 * 1024
const NONE: DotenvFile = { values: {}, problems: [] }

/**
 * What a `.env` file sets. One that belongs to anyone but root and this user, or that others can write, is ignored with a warning: whoever
 * puts it into a directory must not command who comes along. One that is not there sets nothing.
 */
export function readDotenvFile(path: string): DotenvFile {
  let descriptor: number | null = null
  try {
    const foreign = foreignLink(path)
    if (foreign !== null) return passedOver(path, foreign)
    descriptor = openSync(realpathSync(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    return judged(path, descriptor)
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? NONE : refused(path, unreadable(codeOf(error)))
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function judged(path: string, descriptor: number): DotenvFile {
  const found = fstatSync(descriptor)
  if (found.isDirectory()) return refused(path, unreadable('EISDIR'))
  const foreign = foreignPart(path, found)
  if (foreign !== null) return passedOver(path, foreign)
  if (!found.isFile()) return refused(path, 'is not a regular file, expected one, or no file')
  if (found.size > MAX_BYTES) return refused(path, `holds ${found.size} bytes, expected at most ${MAX_BYTES}`)
  const bytes = readAtMostSync(descriptor, MAX_BYTES, BigInt(found.size))
  if (isUtf16(bytes)) return refused(path, 'is UTF-16, expected UTF-8', 'save it as UTF-8')
  if (bytes.includes(0)) return refused(path, 'holds zero bytes, as UTF-16 does, expected UTF-8', 'save it as UTF-8')
  const text = bytes.toString('utf8')
  const values = parse(text)
  return { values, problems: judgeLines(path, text, values) }
}

/** Why a link is not followed; null if there is none, or it is ours. */
function foreignLink(path: string): string | null {
  const found = lstatSync(path)
  return found.isSymbolicLink() && !isTrustedOwner(found.uid) ? foreignPart(path, found) : null
}

function foreignPart(path: string, found: Stats): string | null {
  const { uid: owner, mode } = found
  if (!isTrustedOwner(owner)) return describeDistrust({ path, owner, mode, why: 'owner' })
  return othersMayWrite(found) ? describeDistrust({ path, owner, mode, why: 'open' }) : null
}

function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex')
  return mark === 'fffe' || mark === 'feff'
}

function passedOver(path: string, why: string): DotenvFile {
  const message = `is ignored: it ${why}, expected that only root and user id ${process.getuid?.()} can write it`
  return { values: {}, problems: [warningAbout({ kind: 'file', path }, message)] }
}

function refused(path: string, message: string, hint: string | null = null): DotenvFile {
  return { values: {}, problems: [errorAbout({ kind: 'file', path }, message, hint)] }
}

function unreadable(code: string): string {
  return `cannot be read (${code}), expected a file that user id ${process.getuid?.()} can read, or no file`
}
