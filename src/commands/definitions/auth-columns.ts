import { type Column, text } from './column.ts'

/** Columns of an auth that may stand on a command line: its secrets may not. */
export const AUTH_COLUMNS: readonly Column[] = [
  { name: 'user', value: '<name>', help: 'user to log in and run commands as', parse: text },
]
