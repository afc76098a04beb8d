import { isAbsolute, join, resolve } from 'node:path'
import * as z from 'zod'
import { isUtc } from '../domain/utc.ts'

/** The text of a variable that is set. */
const text = z.string()

export function wholeNumber(min: number, max: number) {
  return text.transform((found, context) => {
    const number = Number(found)
    if (/^\d+$/.test(found) && number >= min && number <= max) return number
    return reject(context, `found ${JSON.stringify(found)}, expected a whole number from ${min} to ${max}`)
  })
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return text.transform((found, context): Words[number] => {
    const word = words.find((candidate) => candidate === found)
    return word ?? reject(context, `found ${JSON.stringify(found)}, expected one of ${words.join(', ')}`)
  })
}

/** A name that the time zone database holds; offsets such as +02:00 are none. */
export function timezone() {
  return text.transform((found, context) => {
    if (isTimezone(found)) return found
    return reject(
      context,
      `found ${JSON.stringify(found)}, expected the IANA name of a time zone, such as Europe/Vienna`,
    )
  })
}

/** Whether Intl knows a time zone of that name; offsets such as +02:00 are none. */
export function isTimezone(name: string): boolean {
  if (isUtc(name)) return true
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false // That is how Intl says no.
  }
}

export function hostName() {
  return text.transform((found, context) => {
    if (/^[A-Za-z0-9._:-]{1,253}$/.test(found)) return found
    return reject(context, `found ${JSON.stringify(found)}, expected a host name such as cron.lab.example`)
  })
}

/** Kept as written: `absolutePath` needs to know the machine. */
export function path() {
  return text.transform((found, context) => {
    if (!found.includes('\0')) return found
    return reject(context, 'found a path that contains a NUL byte, expected one without')
  })
}

/** A secret: never part of a message. */
export function cacheKey() {
  return text.transform((found, context) => {
    const key = found.trim().toLowerCase()
    if (/^[0-9a-f]{64}$/.test(key)) return key
    return reject(context, `found ${found.trim().length} characters, expected 64 hex digits`)
  })
}

/** A secret of any form. */
export function secretText() {
  return text.min(1)
}

/** A PEM text, the path of one, or `system`. */
export function pem() {
  return text.min(1)
}

function reject(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}

/** `~/` is the home directory; relative paths begin at the working directory. */
export function absolutePath(written: string, { home, workingDirectory }: PathOrigin): string {
  if (written === '~') return home
  if (written.startsWith('~/')) return join(home, written.slice(2))
  return isAbsolute(written) ? resolve(written) : resolve(workingDirectory, written)
}

/** Where relative paths begin, and what `~` stands for. */
export type PathOrigin = { readonly home: string; readonly workingDirectory: string }
