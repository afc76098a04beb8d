import { isAbsolute, join, resolve } from 'node:path'
import { isTimezone } from '../domain/timezone-name.ts'

/** What a text is worth, or what is wrong with it. */
export type Judged<Value> =
  | { readonly value: Value; readonly fault: null }
  | { readonly value: null; readonly fault: string }

/** Judges the text of a variable that is set. By hand and not by a library: every command waits for it. */
export type Judge<Value> = (found: string) => Judged<Value>

export function wholeNumber(min: number, max: number): Judge<number> {
  return (found) => {
    const number = Number(found)
    if (/^\d+$/.test(found) && number >= min && number <= max) return accept(number)
    return reject(`found ${JSON.stringify(found)}, expected a whole number from ${min} to ${max}`)
  }
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words): Judge<Words[number]> {
  return (found) => {
    const word = words.find((candidate) => candidate === found)
    if (word !== undefined) return accept(word)
    return reject(`found ${JSON.stringify(found)}, expected one of ${words.join(', ')}`)
  }
}

/** A name that the time zone database holds; offsets such as +02:00 are none. */
export function timezone(): Judge<string> {
  return (found) => {
    if (isTimezone(found)) return accept(found)
    return reject(`found ${JSON.stringify(found)}, expected the IANA name of a time zone, such as Europe/Vienna`)
  }
}

export function hostName(): Judge<string> {
  return (found) => {
    if (/^[A-Za-z0-9._:-]{1,253}$/.test(found)) return accept(found)
    return reject(`found ${JSON.stringify(found)}, expected a host name such as cron.lab.example`)
  }
}

/** Kept as written: `absolutePath` needs to know the machine. */
export function path(): Judge<string> {
  return (found) => {
    if (!found.includes('\0')) return accept(found)
    return reject('found a path that contains a NUL byte, expected one without')
  }
}

/** A secret: never part of a message. */
export function cacheKey(): Judge<string> {
  return (found) => {
    const key = found.trim().toLowerCase()
    if (/^[0-9a-f]{64}$/.test(key)) return accept(key)
    return reject(`found ${found.trim().length} characters, expected 64 hex digits`)
  }
}

/** A secret of any form. */
export function secretText(): Judge<string> {
  return accept
}

/** A PEM text, the path of one, or `system`. */
export function pem(): Judge<string> {
  return accept
}

function accept<Value>(value: Value): Judged<Value> {
  return { value, fault: null }
}

function reject(fault: string): Judged<never> {
  return { value: null, fault }
}

/** `~/` is the home directory; relative paths begin at the working directory. */
export function absolutePath(written: string, { home, workingDirectory }: PathOrigin): string {
  if (written === '~') return home
  if (written.startsWith('~/')) return join(home, written.slice(2))
  return isAbsolute(written) ? resolve(written) : resolve(workingDirectory, written)
}

/** Where relative paths begin, and what `~` stands for. */
export type PathOrigin = { readonly home: string; readonly workingDirectory: string }
