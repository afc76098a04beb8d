/** Whether `name` is what `pattern` says: `*` stands for any characters, `?` for one. In steps of at most pattern times name. */
export function matchesGlob(pattern: string, name: string): boolean {
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
      // A `*` that took too little is the only way back.
      starFrom += 1
      at = afterStar
      i = starFrom
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}
