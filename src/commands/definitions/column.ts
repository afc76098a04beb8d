/** One column as the command line sees it: its option is the column's name with hyphens. */
export type Column = {
  /** The column's name in the store. */
  readonly name: string
  /** How its value is shown in help: `<minutes>`. */
  readonly value: string
  readonly help: string
  /** Turns the option's text into the column's value; throws an Error that says what was expected. */
  readonly parse: (text: string) => unknown
}

/** The name under which commander hands the option on: `cron_min` → `cronMin`. */
export function optionKey(column: Pick<Column, 'name'>): string {
  return column.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** `cron_min` → `--cron-min`. */
export function optionFlag(column: Pick<Column, 'name'>): string {
  return `--${column.name.replaceAll('_', '-')}`
}

export function text(value: string): string {
  return value
}

/** An empty text takes the value away. */
export function textOrNothing(value: string): string | null {
  return value === '' ? null : value
}

export function wholeNumber(smallest: number, largest: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= smallest && number <= largest) return number
    throw new Error(`expected a whole number from ${smallest} to ${largest}`)
  }
}

/** As `wholeNumber`; an empty text takes the value away. */
export function wholeNumberOrNothing(smallest: number, largest: number): (value: string) => number | null {
  const parse = wholeNumber(smallest, largest)
  return (value) => (value === '' ? null : parse(value))
}

/** 0 or 1, as the columns hold it; the words of the trade are taken as well. */
export function flag(value: string): number {
  if (['1', 'yes', 'true', 'on'].includes(value.toLowerCase())) return 1
  if (['0', 'no', 'false', 'off'].includes(value.toLowerCase())) return 0
  throw new Error('expected 0 or 1')
}

/** One of `choices`; an empty text takes the value away. */
export function choiceOrNothing(choices: readonly string[]): (value: string) => string | null {
  return (value) => {
    if (value === '') return null
    if (choices.includes(value)) return value
    throw new Error(`expected ${choices.join(', ')}`)
  }
}
