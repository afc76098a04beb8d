import { OperatorError } from '../domain/errors.ts'
import { DatabaseFault, type FaultKind } from './database-fault.ts'
import { BrokenOff } from './mysql-timed-connection.ts'

type Reading = { readonly kind: FaultKind; readonly found: string; readonly hint: string | null }

const CHECK_LOGIN =
  'check user, password and database in RCRON_DATABASE_URL, and what GRANT gives that user from this machine'
const RUN_INIT = 'run "rcron init", or give the user of RCRON_DATABASE_URL the right to see the tables'
const CHECK_TLS =
  "check RCRON_DATABASE_SSL_CA, and that the host in RCRON_DATABASE_URL is the name in the server's certificate"

const LACKING_CHARACTER: Reading = {
  kind: 'characters',
  found: "the column's character set lacks a character of the value",
  hint: 'convert the table to utf8mb4, or leave the character out',
}

/** By errno of the server. */
const BY_ERRNO: Readonly<Record<number, Reading>> = {
  1040: {
    kind: 'busy',
    found: 'the server has no connection left',
    hint: 'raise max_connections, or lower RCRON_DATABASE_POOL_SIZE',
  },
  1203: {
    kind: 'busy',
    found: 'the user has no connection left',
    hint: 'raise max_user_connections, or lower RCRON_DATABASE_POOL_SIZE',
  },
  1205: {
    kind: 'busy',
    found: 'a lock was not released in time',
    hint: 'look for a long transaction with SHOW PROCESSLIST',
  },
  1213: { kind: 'lost', found: 'the transaction lost a deadlock', hint: null },
  1045: { kind: 'denied', found: 'access denied', hint: CHECK_LOGIN },
  1044: { kind: 'denied', found: 'access to the database denied', hint: CHECK_LOGIN },
  1698: { kind: 'denied', found: 'access denied', hint: CHECK_LOGIN },
  1142: { kind: 'denied', found: 'the user may not do this to the table', hint: CHECK_LOGIN },
  1143: { kind: 'denied', found: 'the user may not do this to the column', hint: CHECK_LOGIN },
  1227: { kind: 'denied', found: 'the user lacks a privilege', hint: CHECK_LOGIN },
  1130: { kind: 'denied', found: 'the server takes no connections from this machine', hint: CHECK_LOGIN },
  1049: {
    kind: 'denied',
    found: 'there is no such database',
    hint: 'create it, or name another in RCRON_DATABASE_URL',
  },
  1290: {
    kind: 'read-only',
    found: 'the server is read-only',
    hint: 'point RCRON_DATABASE_URL at the server that takes writes',
  },
  1792: { kind: 'read-only', found: 'the transaction is read-only', hint: null },
  1836: {
    kind: 'read-only',
    found: 'the server is read-only',
    hint: 'point RCRON_DATABASE_URL at the server that takes writes',
  },
  1146: { kind: 'missing-table', found: 'a table is missing', hint: RUN_INIT },
  1054: { kind: 'missing-column', found: 'a column is missing', hint: RUN_INIT },
  1050: { kind: 'present', found: 'the table is already there', hint: null },
  1060: { kind: 'present', found: 'the column is already there', hint: null },
  1062: { kind: 'duplicate', found: 'there is such a row already', hint: 'edit that one, or choose another name' },
  1451: {
    kind: 'referenced',
    found: 'another row still uses this one',
    hint: 'remove or edit the crons that use it first',
  },
  1452: {
    kind: 'referenced',
    found: 'the row that this one names is not there',
    hint: 'add the system and the auth first',
  },
  1406: { kind: 'too-long', found: 'a value is longer than its column', hint: 'shorten it, or widen the column' },
  1264: { kind: 'too-long', found: 'a number is outside the range of its column', hint: null },
  1366: LACKING_CHARACTER,
  // Compared rather than written.
  1267: LACKING_CHARACTER,
  1053: { kind: 'lost', found: 'the server is shutting down', hint: null },
  1317: { kind: 'lost', found: 'the query was killed', hint: null },
  1927: { kind: 'lost', found: 'the connection was killed', hint: null },
  3024: { kind: 'late', found: "the query ran into the server's own time limit", hint: null },
  4031: { kind: 'lost', found: 'the server closed an idle connection', hint: null },
}

const AWAY = 'check that the server runs, and host and port in RCRON_DATABASE_URL'

/** By code of the driver or of the system. */
const BY_CODE: Readonly<Record<string, Reading>> = {
  PROTOCOL_CONNECTION_LOST: { kind: 'lost', found: 'the connection was lost', hint: null },
  ECONNRESET: { kind: 'lost', found: 'the connection was reset', hint: null },
  EPIPE: { kind: 'lost', found: 'the connection was closed', hint: null },
  ECONNREFUSED: { kind: 'away', found: 'nothing listens there', hint: AWAY },
  ETIMEDOUT: { kind: 'away', found: 'no connection within the deadline', hint: AWAY },
  ENOTFOUND: { kind: 'away', found: 'the host name is unknown', hint: AWAY },
  EAI_AGAIN: { kind: 'away', found: 'name resolution does not answer', hint: AWAY },
  EHOSTUNREACH: { kind: 'away', found: 'the host cannot be reached', hint: AWAY },
  ENETUNREACH: { kind: 'away', found: 'the network cannot be reached', hint: AWAY },
  HANDSHAKE_NO_SSL_SUPPORT: {
    kind: 'untrusted',
    found: 'the server offers no TLS, which RCRON_DATABASE_SSL_CA demands',
    hint: 'turn TLS on at the server; rcron does not go on without it',
  },
  HANDSHAKE_SSL_ERROR: { kind: 'untrusted', found: "the server's certificate is not accepted", hint: CHECK_TLS },
}

const OTHER: Reading = { kind: 'other', found: 'the database failed', hint: null }

/** Tells what an error of mysql2 means. Takes over codes alone: its texts hold values, its `sql` whole statements. */
export function mysqlFaultOf(error: unknown, where: string): unknown {
  if (error instanceof OperatorError) return error
  if (error instanceof BrokenOff) return brokenOff(error, where)
  const { code, errno, sqlState, sqlMessage, fatal } = fieldsOf(error)
  if (code === null && errno === null && fatal !== true) return error
  const { kind, found, hint } =
    BY_ERRNO[errno ?? -1] ?? BY_CODE[code ?? ''] ?? (fatal === true ? { ...OTHER, kind: 'lost' as const } : OTHER)
  const column = columnIn(sqlMessage)
  const codes = [code, errno === null ? null : `errno ${errno}`, sqlState === null ? null : `SQLSTATE ${sqlState}`]
  const named = column === null ? found : `${found} (${column})`
  const said = codes.filter((part) => part !== null).join(', ')
  return new DatabaseFault({ kind, message: `${where}: ${named}${said === '' ? '' : ` [${said}]`}`, hint, column })
}

function brokenOff({ kind, message }: BrokenOff, where: string): DatabaseFault {
  const hint = kind === 'late' ? 'look at the load of the server, and at the network to it' : null
  return new DatabaseFault({ kind, message: `${where}: ${message}`, hint })
}

function fieldsOf(error: unknown) {
  const fields: Readonly<Record<string, unknown>> = typeof error === 'object' && error !== null ? { ...error } : {}
  return {
    code: textOrNull(fields['code']),
    errno: typeof fields['errno'] === 'number' ? fields['errno'] : null,
    sqlState: textOrNull(fields['sqlState']),
    sqlMessage: textOrNull(fields['sqlMessage']) ?? '',
    fatal: fields['fatal'],
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The name of the column in a message like "Data too long for column 'cron_name' at row 1"; never a value. */
function columnIn(sqlMessage: string): string | null {
  const named = /column (?:`\w+`\.`\w+`\.)?['`](\w+)['`] at row|Unknown column '([\w.]+)' in /.exec(sqlMessage)
  return named?.[1] ?? named?.[2] ?? null
}
