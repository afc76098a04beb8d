import { OperatorError } from '../../domain/errors.ts'
import { DatabaseFault } from '../sql/database-fault.ts'
import { UnreadableAnswer } from './mysql-answer.ts'
import { isMariadbsOwn, type MysqlReading, readingOfErrno } from './mysql-errno.ts'
import { PasswordKept } from './mysql-password.ts'
import { SessionNotSet } from './mysql-session.ts'
import { ConnectionAborted } from './mysql-timed-connection.ts'
import { tlsReadingOf } from './mysql-tls-fault.ts'

const AWAY = 'check that the server is running, and host and port in RCRON_DATABASE_URL'

const LOGIN_METHODS = 'let the user log in with caching_sha2_password, or on MariaDB with mysql_native_password'

/** By code of the driver or of the system. */
const BY_CODE: Readonly<Record<string, MysqlReading>> = {
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
    found: 'the server offers no TLS, which RCRON_DATABASE_TLS or RCRON_DATABASE_SSL_CA requires',
    hint: 'enable TLS on the server; rcron does not continue without it',
  },
  MYSQL_CLEAR_PASSWORD_NOT_ENABLED: {
    kind: 'untrusted',
    found: 'the server asks for the password in clear text, which rcron never sends',
    hint: LOGIN_METHODS,
  },
  AUTH_SWITCH_PLUGIN_ERROR: {
    kind: 'denied',
    found: 'the server requires a login method that rcron does not support',
    hint: LOGIN_METHODS,
  },
}

const OTHER: MysqlReading = { kind: 'other', found: 'the database failed', hint: null }

/** Tells what an error of mysql2 means. Takes over codes alone: its texts hold values, its `sql` whole statements. */
export function mysqlFaultOf(error: unknown, { where, isMariadb }: MysqlServer): unknown {
  if (error instanceof OperatorError) return error
  const own = ownReadingOf(error)
  if (own !== null) return new DatabaseFault({ ...own, message: `${where}: ${own.found}` })
  const fields = fieldsOf(error)
  const { code, errno, sqlMessage, fatal } = fields
  if (code === null && errno === null && fatal !== true) return error
  const { kind, found, hint } =
    (errno === null ? undefined : readingOfErrno(errno, isMariadb)) ??
    tlsReadingOf(error) ??
    BY_CODE[code ?? ''] ??
    (fatal === true ? { ...OTHER, kind: 'lost' as const } : OTHER)
  const column = columnIn(sqlMessage)
  const detail = column ?? privilegeIn(sqlMessage)
  const named = detail === null ? found : `${found} (${detail})`
  return new DatabaseFault({ kind, message: `${where}: ${named}${codesOf(fields, isMariadb)}`, hint, column })
}

/** The server that an error came from. */
export type MysqlServer = { readonly where: string; readonly isMariadb: boolean }

function codesOf({ code, errno, sqlState }: ReturnType<typeof fieldsOf>, isMariadb: boolean): string {
  const isMisnamed = isMariadb && errno !== null && isMariadbsOwn(errno)
  const codes = [
    isMisnamed ? null : code,
    errno === null ? null : `errno ${errno}`,
    sqlState === null ? null : `SQLSTATE ${sqlState}`,
  ]
  const said = codes.filter((part) => part !== null).join(', ')
  return said === '' ? '' : ` [${said}]`
}

/** Of what rcron itself broke off; null for errors of others. */
function ownReadingOf(error: unknown): MysqlReading | null {
  if (error instanceof ConnectionAborted) {
    const hint = error.kind === 'late' ? 'check the load of the server and the network to it' : null
    return { kind: error.kind, found: error.message, hint }
  }
  if (error instanceof SessionNotSet) {
    const hint = 'connect to the server itself, or let its proxy forward SET'
    return { kind: 'other', found: error.message, hint }
  }
  if (error instanceof UnreadableAnswer) {
    const hint =
      'check that RCRON_DATABASE_URL leads to MySQL or MariaDB itself, or to a proxy that forwards everything'
    return { kind: 'lost', found: 'the answer cannot be read', hint }
  }
  if (error instanceof PasswordKept) {
    const hint =
      'enable TLS on the server; on a safe network set RCRON_DATABASE_TLS=off, but then anyone who answers gets the password'
    return { kind: 'untrusted', found: 'the server asks for the password without encryption', hint }
  }
  return null
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

/** What the user lacks, in a message like "REFERENCES command denied to user …". */
function privilegeIn(sqlMessage: string): string | null {
  return /^([A-Z][A-Z, ]{2,60}) command denied to user /.exec(sqlMessage)?.[1] ?? null
}
