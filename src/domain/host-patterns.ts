import { matchesGlob } from './glob.ts'

/**
 * The hosts that a secret may be used on: names, addresses and patterns (`*` for any characters, `?` for one), separated by commas or
 * white space. Upper and lower case are one, and a dot at the end of a name means nothing.
 */
export type HostPatterns = readonly string[]

export function parseHostPatterns(text: string): HostPatterns {
  return text.split(/[\s,]+/).filter((pattern) => pattern !== '')
}

/** Whether `pattern` can mean a host: a port, a user, brackets and negation cannot stand in it. */
export function isHostPattern(pattern: string): boolean {
  const colons = pattern.split(':').length - 1
  return /^[^\s,@/[\]!\p{Cc}]+$/u.test(pattern) && colons !== 1
}

export function matchesHost(patterns: HostPatterns, host: string): boolean {
  const name = plain(host)
  return patterns.some((pattern) => matchesGlob(plain(pattern), name))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/(?<=.)\.$/, '')
}
