import type { Columns, Column as StoredColumn } from '../../domain/columns/column.ts'
import { parseValue } from './parse-value.ts'

/** One column as the command line sees it: its option is the column's name with hyphens. */
export type Column = {
  /** The column's name in the store. */
  readonly name: string
  /** The word that people type instead of the name. */
  readonly also?: string
  /** How its value is shown in help: `<minutes>`; in brackets where the option alone means 1. */
  readonly value: string
  readonly help: string
  /** Turns the option's text into the column's value; throws an Error that says what was expected. */
  readonly parse: (text: string) => string | number | null
}

/** Those of a table that have an option of their own. */
export function optionColumns(columns: Columns): readonly Column[] {
  return Object.entries(columns).flatMap(([name, column]) => optionOf(name, column))
}

function optionOf(name: string, column: StoredColumn): readonly Column[] {
  const { option } = column
  return option === undefined ? [] : [{ name, ...option, parse: (text) => parseValue(text, column) }]
}

/** The name under which commander hands the option on: `cron_min` → `cronMin`. */
export function optionKey(column: Pick<Column, 'name'>): string {
  return column.name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** What commander is told: both spellings, and the value. */
export function optionFlags(column: Pick<Column, 'name' | 'also' | 'value'>): string {
  const also = column.also === undefined ? '' : `--${column.also}, `
  return `${also}${optionFlag(column)} ${column.value}`
}

/** `cron_min` → `--cron-min`. */
export function optionFlag(column: Pick<Column, 'name'>): string {
  return `--${column.name.replaceAll('_', '-')}`
}
