/** How many are named before the rest is counted. */
const NAMED = 3

/** `db1, db2, db3 and 47 more`. */
export function foldedNames(names: readonly string[]): string {
  const rest = names.length - NAMED
  const named = names.slice(0, NAMED).join(', ')
  return rest > 0 ? `${named} and ${rest} more` : named
}
