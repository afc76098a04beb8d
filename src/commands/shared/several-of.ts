/** The first of several, and how many more there are: `db1 (+49)`. Null if there is none. */
export function severalOf(values: readonly unknown[]): string | null {
  const [first, ...others] = values
  if (first === undefined || first === null) return null
  return others.length === 0 ? String(first) : `${String(first)} (+${others.length})`
}
