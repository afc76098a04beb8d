import type { Columns } from './column.ts'

const PORT = { what: 'a port', least: 1, most: 65_535 } as const

/** A login that takes longer than the most here holds up whatever waits for the host. */
const LOGIN = { what: 'whole seconds', least: 1, most: 300 } as const

/** What a system is: a host with its ports. */
export const SYSTEM_COLUMNS = {
  id: { kind: 'id' },
  host: { kind: 'text', length: 255, option: { value: '<name>', help: 'name or address of the host' } },
  port: {
    kind: 'whole',
    default: 22,
    range: PORT,
    option: { value: '<port>', help: 'port to connect to (default 22)' },
  },
  /** Used instead of `port` when rcron and the system are on the same network. */
  local_port: {
    kind: 'whole',
    default: 22,
    range: PORT,
    option: {
      value: '<port>',
      help: 'port used instead when rcron and the host are in the same domain (default 22)',
    },
  },
  /** 0: the host has no POSIX shell; commands run unsupervised. Null means 1. */
  supervise: {
    kind: 'flag',
    nullable: true,
    shownWhenNull: 1,
    option: {
      value: '[0|1]',
      help: '0 for a host without a POSIX shell: its runs cannot be found again (default 1)',
    },
  },
  /** 1: algorithms that OpenSSH no longer offers are allowed. Null means 0. */
  legacy_algorithms: {
    kind: 'flag',
    nullable: true,
    shownWhenNull: 0,
    option: { value: '[0|1]', help: '1 allows algorithms that OpenSSH no longer offers (default 0)' },
  },
  /** Seconds that the SSH handshake and the login may take. Null: 20. */
  login_timeout_s: {
    kind: 'whole',
    nullable: true,
    range: LOGIN,
    unit: 'seconds',
    option: {
      also: 'login-timeout',
      value: '<time>',
      help: 'how long the SSH handshake and the login may take (default 20)',
    },
  },
  /** What people call it, instead of its host. */
  name: {
    kind: 'text',
    length: 63,
    nullable: true,
    unique: true,
    words: 'name',
    isNote: true,
    option: { value: '<name>', help: 'what to call it, in lists, logs and on the command line (default: its host)' },
  },
  tags: {
    kind: 'text',
    length: 255,
    nullable: true,
    words: 'list',
    isNote: true,
    option: { value: '<tags>', help: 'words to find it and its crons by, separated by commas: prod,db' },
  },
} as const satisfies Columns
