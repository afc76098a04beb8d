import { type Column, text, textOrNothing } from './column.ts'

/** Columns of an auth that may stand on a command line: its secrets may not. */
export const AUTH_COLUMNS: readonly Column[] = [
  { name: 'user', value: '<name>', help: 'user to log in and run commands as', parse: text },
  {
    name: 'hosts',
    value: '<hosts>',
    help: 'hosts that the secret may be used on: names, addresses and patterns such as *.example.com, separated by commas (default: any)',
    parse: textOrNothing,
  },
]
