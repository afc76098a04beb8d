import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync, type Stats } from 'node:fs'
import { parse } from 'dotenv'
import type { Problem } from '../domain/problem.ts'
import { readAtMostSync } from '../platform/files/bounded-file.ts'
import { describeDistrust, isTrustedOwner, othersMayWrite } from '../platform/files/path-trust.ts'

export type DotenvFile = { readonly values: Readonly<Record<string, string>>; readonly problems: readonly Problem[] }

const MAX_BYTES = 1024 * 1024
const NONE: DotenvFile = { values: {}, problems: [] }

/**
 * What a `.env` file sets. One that belongs to anyone but root and this user, or that others can write, is passed over with a warning: whoever
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
  if (!found.isFile()) return refused(path, 'is no regular file, expected one, or none')
  if (found.size > MAX_BYTES) return refused(path, `holds ${found.size} bytes, expected at most ${MAX_BYTES}`)
  const bytes = readAtMostSync(descriptor, MAX_BYTES, BigInt(found.size))
  if (isUtf16(bytes)) return refused(path, 'is UTF-16, expected UTF-8', 'save it as UTF-8')
  const text = bytes.toString('utf8')
  const values = parse(text)
  return { values, problems: cutValues(text, values).map((name) => cut(path, text, name)) }
}

/** Why a link is not followed; null where there is none, or it is ours. */
function foreignLink(path: string): string | null {
  const found = lstatSync(path)
  return found.isSymbolicLink() && !isTrustedOwner(found.uid) ? foreignPart(path, found) : null
}

function foreignPart(path: string, found: Stats): string | null {
  const { uid: owner, mode } = found
  if (!isTrustedOwner(owner)) return describeDistrust({ path, owner, mode, why: 'owner' })
  return othersMayWrite(found) ? describeDistrust({ path, owner, mode, why: 'open' }) : null
}

/** By its mark, or by the zero bytes that every letter of ours has in it. */
function isUtf16(bytes: Buffer): boolean {
  const mark = bytes.subarray(0, 2).toString('hex')
  return mark === 'fffe' || mark === 'feff' || bytes.includes(0)
}

/** Stands for a # that may be part of a value; no text of a file has it. */
const SIGN = '\u{f8ff}'

/**
 * Rcron's variables whose values lose what follows a # that no blank precedes: a comment to the format, but in a password it is one of
 * its characters.
 */
function cutValues(text: string, values: Readonly<Record<string, string>>): readonly string[] {
  const whole = parse(text.replace(/(?<=\S)#/g, SIGN))
  return Object.keys(whole).filter(
    (name) => name.startsWith('RCRON_') && whole[name]?.replaceAll(SIGN, '#') !== values[name],
  )
}

function cut(path: string, text: string, name: string): Problem {
  const line = text.split('\n').findLastIndex((it) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*[=:]`).test(it)) + 1
  const message = `found # in a value without quotes (line ${line} of ${path}), where it begins a comment`
  return errorOf(name, message, `write the value in single quotes, ${name}='…', or a blank before the # of a comment`)
}

function passedOver(path: string, why: string): DotenvFile {
  const message = `is ignored: it ${why}, expected that only root and user id ${process.getuid?.()} can write it`
  return { values: {}, problems: [{ severity: 'warning', subject: path, field: null, message, hint: null }] }
}

function refused(path: string, message: string, hint: string | null = null): DotenvFile {
  return { values: {}, problems: [errorOf(path, message, hint)] }
}

function unreadable(code: string): string {
  return `cannot be read (${code}), expected a file that user id ${process.getuid?.()} may read, or none`
}

function errorOf(subject: string, message: string, hint: string | null): Problem {
  return { severity: 'error', subject, field: null, message, hint }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
