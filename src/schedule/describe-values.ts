/** `a`, `a and b`, `a, b and c`. */
export function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

/** Rising values as a list in which three or more on end are a range: `1, 3 and 5 to 9`. */
export function rangesOf(values: readonly number[], spell: (value: number) => string): string {
  const runs: { readonly first: number; last: number }[] = []
  for (const value of values) {
    const run = runs.at(-1)
    if (run !== undefined && run.last === value - 1) run.last = value
    else runs.push({ first: value, last: value })
  }
  return listOf(
    runs.flatMap(({ first, last }) => {
      if (last - first >= 2) return [`${spell(first)} to ${spell(last)}`]
      return first === last ? [spell(first)] : [spell(first), spell(last)]
    }),
  )
}

/** The distance between neighbours where it is the same for at least three values and more than 1; else null. */
export function stepOf(values: readonly number[]): number | null {
  const [first = 0, second = 0] = values
  const step = second - first
  const isSteady = values.every((value, position) => value === first + position * step)
  return values.length >= 3 && step > 1 && isSteady ? step : null
}
