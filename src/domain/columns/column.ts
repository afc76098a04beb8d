import type { WordKind } from './words.ts'

/** What a column holds: from it follow its type in each database, what is taken from there, and how it is read from a command line and shown. */
export type ColumnKind =
  /** The row's number, given by the database. */
  | 'id'
  | 'text'
  | 'whole'
  /** 0 or 1. */
  | 'flag'
  /** A whole number that is the position of one of `choices`. */
  | 'position'
  /** Seconds with two places. */
  | 'seconds'
  /** A moment as text: `YYYY-MM-DD HH:MM:SS`, UTC. */
  | 'moment'

/** One column of a table. What it is beyond this, who reads it says. */
export type Column = {
  readonly kind: ColumnKind
  /** Null where it is not set, and where a table of an older version lacks it. Every column of which this is not said is in each table. */
  readonly nullable?: true
  /** What a new row has that does not say. */
  readonly default?: string | number
  /** Characters at most, of a text. Absent: as many as the database takes. */
  readonly length?: number
  readonly range?: ColumnRange
  /** What a number counts, where it is a length of time: on a command line it may be said in other units, `2h`. */
  readonly unit?: 'seconds' | 'minutes'
  /** The texts that it may hold; of a position, what its numbers mean. */
  readonly choices?: readonly string[]
  /** Whose id it is. */
  readonly references?: 'auth' | 'system'
  /** No two rows have the same; null is had by any number of them. */
  readonly unique?: true
  /** A text that is a name, or lists words. */
  readonly words?: WordKind
  /** For people alone: what is wrong with it keeps nothing from running. */
  readonly isNote?: true
  /** Never printed. */
  readonly secret?: true
  /** What is shown of a row in which it is null. Absent: nothing. */
  readonly shownWhenNull?: string | number
  /** Its option on the command line. Absent: it has none of its own name. */
  readonly option?: ColumnOption
}

/** The whole numbers that a column may hold. */
export type ColumnRange = {
  /** What they are, after "expected": `whole seconds`, `a port`. */
  readonly what: string
  readonly least: number
  /** Null: no limit but that of the database. */
  readonly most: number | null
}

/** How a column is given on the command line. */
export type ColumnOption = {
  /** The word that people type instead of the column's name: `timeout`. */
  readonly also?: string
  /** How its value is shown in help: `<minutes>`; in brackets where the option alone means 1. */
  readonly value: string
  readonly help: string
}

/** The columns of one table by name, in the order in which they are asked for and shown. */
export type Columns = Readonly<Record<string, Column>>

type ValueOf<One extends Column> =
  | (One['kind'] extends 'text' | 'moment' ? string : number)
  | (One extends { readonly nullable: true } ? null : never)

/** A row of a table with these columns. */
export type RowOf<All extends Columns> = { readonly [Name in keyof All]: ValueOf<All[Name]> }

/** The columns that a new row cannot do without. */
type Needed<All extends Columns> = {
  [Name in keyof All]: All[Name] extends
    | { readonly kind: 'id' }
    | { readonly nullable: true }
    | { readonly default: unknown }
    ? never
    : Name
}[keyof All]

/** A row that is to be added: what it needs, and any of the other columns; what is left out gets the column's default. */
export type NewRowOf<All extends Columns> = Pick<RowOf<All>, Needed<All>> & Partial<Omit<RowOf<All>, 'id'>>

/** The columns of a row that nobody has said anything of. */
export type Unset<All extends Columns> = Omit<RowOf<All>, Needed<All> | 'id'>

/** What a new row has in the columns that it does not say: their default, else null. */
export function unset<All extends Columns>(columns: All): Unset<All> {
  const said = Object.entries(columns)
    .filter(([, { nullable, default: value }]) => nullable === true || value !== undefined)
    .map(([name, { default: value }]) => [name, value ?? null])
  return Object.fromEntries(said) as Unset<All>
}

/** The names of those that every table has; `nullable`: of those that it may lack. */
export function namesOf(columns: Columns, { nullable }: { readonly nullable: boolean }): readonly string[] {
  return Object.entries(columns).flatMap(([name, column]) => ((column.nullable === true) === nullable ? [name] : []))
}
