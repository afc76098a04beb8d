/** How short names are completed: resolv.conf's `search` (or `domain`) and `ndots`. */
export type SearchRules = { readonly domains: readonly string[]; readonly ndots: number }

/** Reads resolv.conf; of several lines of a kind the last one counts. */
export function parseSearchRules(text: string): SearchRules {
  let domains: readonly string[] = []
  let ndots = 1
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === 'search' || keyword === 'domain') domains = values.filter((value) => value !== '.')
    if (keyword !== 'options') continue
    const found = values.map((value) => /^ndots:(\d+)$/.exec(value)?.[1]).find((value) => value !== undefined)
    if (found !== undefined) ndots = Math.min(15, Number(found))
  }
  return { domains, ndots }
}

/** The names to ask for, in order: with `ndots` dots or more as it stands first, with fewer after the search list. */
export function candidates(name: string, { domains, ndots }: SearchRules): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const completed = domains.map((domain) => `${name}.${domain}`)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...completed] : [...completed, name]
}
