import type { Columns } from './column.ts'

/** What an auth is: a user with the secret that opens its systems. */
export const AUTH_COLUMNS = {
  id: { kind: 'id' },
  user: {
    kind: 'text',
    length: 255,
    option: { value: '<name>', help: 'user to log in and run commands as' },
  },
  /** A secret: a key, a path, a reference, a sealed value or a literal password. Never printed. */
  password: { kind: 'text', secret: true },
  /** Opens an encrypted key. Never printed. */
  passphrase: { kind: 'text', nullable: true, secret: true },
  /** The hosts that the secret may be used on: names and patterns. Null: any. */
  hosts: {
    kind: 'text',
    nullable: true,
    option: {
      value: '<hosts>',
      help: 'hosts that the secret may be used on: names, addresses and patterns such as *.example.com, separated by commas (default: any)',
    },
  },
  /** What people call it, instead of its user, which several may have. */
  name: {
    kind: 'text',
    length: 63,
    nullable: true,
    unique: true,
    words: 'name',
    isNote: true,
    option: { value: '<name>', help: 'what to call it, in lists and on the command line (default: its user)' },
  },
} as const satisfies Columns
