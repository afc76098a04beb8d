import { createHmac, randomBytes } from 'node:crypto'

const DEFAULT_PORT = 22
const HASH_MAGIC = '|1|'
const SALT_BYTES = 20

/** The name under which known_hosts holds a host: lower case, `[host]:port` where the port is not 22. */
export function hostNameOf(host: string, port: number): string {
  const lower = lowerCase(host)
  return port === DEFAULT_PORT ? lower : `[${lower}]:${port}`
}

/** Whether `host` can be written into known_hosts without meaning anything but itself: no pattern, list, marker or blank. */
export function isPlainHost(host: string): boolean {
  return /^[^\s\p{C},!*?|@#[\]"]+$/u.test(host)
}

/** `name` as OpenSSH hashes it: `|1|salt|HMAC-SHA1`, both in base64. */
export function hashHostName(name: string, salt: Buffer = randomBytes(SALT_BYTES)): string {
  const hash = createHmac('sha1', salt).update(name).digest('base64')
  return `${HASH_MAGIC}${salt.toString('base64')}|${hash}`
}

/** The salt of a hashed name; undefined if it has none of the right length. */
function saltOf(hashed: string): Buffer | undefined {
  const end = hashed.indexOf('|', HASH_MAGIC.length)
  if (!hashed.startsWith(HASH_MAGIC) || end === -1) return undefined
  const salt = Buffer.from(hashed.slice(HASH_MAGIC.length, end), 'base64')
  return salt.length === SALT_BYTES ? salt : undefined
}

/** The host field of one line: says whether a name of `hostNameOf` is meant. */
export type HostMatch = (name: string) => boolean

/** Reads a host field: one hashed name, or a list of patterns. Undefined for a hash that cannot be one. */
export function parseHostField(field: string): HostMatch | undefined {
  if (!field.startsWith('|')) return patternList(field)
  const salt = saltOf(field)
  return salt === undefined ? undefined : (name) => hashHostName(name, salt) === field
}

/** A name is meant when a pattern fits it and no negated one (`!pattern`) does. */
function patternList(field: string): HostMatch {
  const patterns = lowerCase(field).split(',')
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(parsePattern)
  const unwanted = patterns
    .filter((pattern) => pattern.startsWith('!'))
    .map((pattern) => parsePattern(pattern.slice(1)))
  return (name) => !unwanted.some((fits) => fits(name)) && wanted.some((fits) => fits(name))
}

function parsePattern(pattern: string): HostMatch {
  return /[*?]/.test(pattern) ? (name) => fitsGlob(name, pattern) : (name) => name === pattern
}

/** `*` stands for any run of characters, `?` for one. Goes back to the last `*` only, so its time has no exponential case. */
function fitsGlob(text: string, pattern: string): boolean {
  let star = -1
  let resume = 0
  let at = 0
  let next = 0
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++
      resume = at
    } else if (pattern[next] === '?' || pattern[next] === text[at]) {
      next++
      at++
    } else if (star !== -1) {
      next = star + 1
      at = ++resume
    } else return false
  }
  return /^\**$/.test(pattern.slice(next))
}

/** ASCII only, as OpenSSH does it. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
