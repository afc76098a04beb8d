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
  return patterns.some((pattern) => matches(plain(pattern), name))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/(?<=.)\.$/, '')
}

/** In steps of at most pattern times name: a `*` that took too little is the only way back. */
function matches(pattern: string, name: string): boolean {
  let at = 0
  let afterStar = -1
  let starFrom = 0
  let i = 0
  while (i < name.length) {
    if (pattern[at] === '*') {
      at += 1
      afterStar = at
      starFrom = i
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[i])) {
      at += 1
      i += 1
    } else if (afterStar >= 0) {
      starFrom += 1
      at = afterStar
      i = starFrom
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}
