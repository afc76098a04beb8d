/** A column of a table, and what becomes of it where the line is too short for all of them. */
export type TableColumn = {
  readonly heading: string
  /** Which column leaves first: that of 1, then that of 2. Absent: it stays whatever the width is. */
  readonly leaves?: number
  /** What is too long of its texts is cut off. For none that somebody types again, or has to read in full. */
  readonly isCut?: true
  /** The last column, whose texts may run over the end of the line. */
  readonly isLong?: true
}

/** Less of a text tells nothing. */
const LEAST_CUT = 16
const BETWEEN = 2

/** The lines of a table, headings first, in `width` characters where columns may leave or be cut for that; null: as wide as it is. Pure. */
export function layOut(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const places = columns.map((column, at): Place => ({ column, at, width: widthOf(column, at, rows) }))
  const shown = fitting(places, width)
  const lines = [columns.map(({ heading }) => heading), ...rows]
  return lines.map((cells) =>
    shown
      .map((place) => padded(cells[place.at] ?? '', place))
      .join(' '.repeat(BETWEEN))
      .trimEnd(),
  )
}

type Place = { readonly column: TableColumn; readonly at: number; readonly width: number }

function widthOf({ heading }: TableColumn, at: number, rows: readonly (readonly string[])[]): number {
  return rows.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), heading.length)
}

function fitting(places: readonly Place[], width: number | null): readonly Place[] {
  if (width === null) return places
  const over = places.reduce((sum, place) => sum + leastOf(place) + BETWEEN, -BETWEEN) - width
  const [first] = places.filter(({ column }) => column.leaves !== undefined).sort(byLeaving)
  if (over > 0 && first !== undefined)
    return fitting(
      places.filter((place) => place !== first),
      width,
    )
  // What the others leave is that of the columns that are cut, the first of which takes what it needs.
  let free = Math.max(0, -over)
  return places.map((place) => {
    if (place.column.isCut !== true) return place
    const given = Math.min(place.width, leastOf(place) + free)
    free -= given - leastOf(place)
    return { ...place, width: given }
  })
}

function byLeaving(one: Place, other: Place): number {
  return (one.column.leaves ?? 0) - (other.column.leaves ?? 0)
}

function leastOf({ column: { heading, isCut, isLong }, width }: Place): number {
  if (isLong === true) return heading.length
  return isCut === true ? Math.min(width, LEAST_CUT) : width
}

function padded(text: string, { column, width }: Place): string {
  return (column.isCut === true && text.length > width ? `${text.slice(0, width - 1).toWellFormed()}…` : text).padEnd(
    column.isLong === true ? 0 : width,
  )
}
