const SHORTEST = 8

/** As many letters of each id as tell them all apart, eight at least. */
export function shortIds(ids: readonly string[]): (id: string) => string {
  let length = SHORTEST
  const most = Math.max(0, ...ids.map((id) => id.length))
  while (length < most && new Set(ids.map((id) => id.slice(0, length))).size < new Set(ids).size) length++
  return (id) => id.slice(0, length)
}
