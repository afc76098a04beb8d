import type { FaultKind } from '../sql/database-fault.ts'

/** What an error number of MySQL or MariaDB means. */
export type MysqlReading = { readonly kind: FaultKind; readonly found: string; readonly hint: string | null }

const CHECK_LOGIN =
  'check user, password and database in RCRON_DATABASE_URL, and the grants of that user from this machine'
const RUN_INIT = 'run "rcron init", or give the user of RCRON_DATABASE_URL the right to see the tables'
const LACKING_CHARACTER: MysqlReading = {
  kind: 'characters',
  found: 'the character set of the column lacks a character of the value',
  hint: 'convert the table to utf8mb4, or remove the character',
}

const EXPIRED: MysqlReading = {
  kind: 'denied',
  found: "the user's password has expired",
  hint: 'set a new one with ALTER USER, and keep it from expiring with PASSWORD EXPIRE NEVER',
}
const LOCKED: MysqlReading = {
  kind: 'denied',
  found: 'the account is locked',
  hint: 'unlock it with ALTER USER … ACCOUNT UNLOCK',
}
const ENCRYPTED_ONLY: MysqlReading = {
  kind: 'untrusted',
  found: 'the server only accepts encrypted connections',
  hint: 'set RCRON_DATABASE_TLS to prefer or require',
}
const OR_THE_LOAD = 'or find what delays the query with SHOW PROCESSLIST'

/** Numbers that MySQL and MariaDB share. */
const COMMON: Readonly<Record<number, MysqlReading>> = {
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
  1045: {
    kind: 'denied',
    found: 'access denied',
    hint: `${CHECK_LOGIN}; MariaDB also says so if it only accepts encrypted connections`,
  },
  1044: { kind: 'denied', found: 'access to the database denied', hint: CHECK_LOGIN },
  1698: { kind: 'denied', found: 'access denied', hint: CHECK_LOGIN },
  1142: { kind: 'denied', found: 'the user may not do this to the table', hint: CHECK_LOGIN },
  1143: { kind: 'denied', found: 'the user may not do this to the column', hint: CHECK_LOGIN },
  1227: { kind: 'denied', found: 'the user lacks a privilege', hint: CHECK_LOGIN },
  1130: { kind: 'denied', found: 'the server accepts no connections from this machine', hint: CHECK_LOGIN },
  1049: {
    kind: 'denied',
    found: 'there is no such database',
    hint: 'create it, or name another in RCRON_DATABASE_URL',
  },
  1290: {
    kind: 'read-only',
    found: 'the server is read-only',
    hint: 'point RCRON_DATABASE_URL at a server that accepts writes',
  },
  1792: { kind: 'read-only', found: 'the transaction is read-only', hint: null },
  1836: {
    kind: 'read-only',
    found: 'the server is read-only',
    hint: 'point RCRON_DATABASE_URL at a server that accepts writes',
  },
  1146: { kind: 'missing-table', found: 'a table is missing', hint: RUN_INIT },
  1054: { kind: 'missing-column', found: 'a column is missing', hint: RUN_INIT },
  1050: { kind: 'present', found: 'the table already exists', hint: null },
  1061: { kind: 'present', found: 'the key is already there', hint: null },
  1060: { kind: 'present', found: 'the column already exists', hint: null },
  1062: { kind: 'duplicate', found: 'there already is such a row', hint: 'edit that one, or choose another name' },
  1451: {
    kind: 'referenced',
    found: 'another row still uses this one',
    hint: 'remove or edit the crons that use it first',
  },
  1452: {
    kind: 'referenced',
    found: 'a row that this one refers to does not exist',
    hint: 'add the system and the auth first',
  },
  1406: { kind: 'too-long', found: 'a value is longer than its column', hint: 'shorten it, or widen the column' },
  1264: { kind: 'too-long', found: 'a number is outside the range of its column', hint: null },
  1366: LACKING_CHARACTER,
  // Compared rather than written.
  1267: LACKING_CHARACTER,
  1053: { kind: 'lost', found: 'the server is shutting down', hint: null },
  1317: { kind: 'lost', found: 'the query was killed', hint: null },
  1047: {
    kind: 'away',
    found: 'the node is not part of a working cluster',
    hint: 'look at wsrep_cluster_status there, or point RCRON_DATABASE_URL at another node',
  },
  1129: {
    kind: 'denied',
    found: 'the server blocks this machine after many broken connections',
    hint: 'unblock it with FLUSH HOSTS, or by truncating performance_schema.host_cache',
  },
  1184: {
    kind: 'denied',
    found: 'the server aborts the new connection',
    hint: "its init_connect fails for this user: the server's error log says why",
  },
  1226: {
    kind: 'busy',
    found: 'the user has used up a limit of its account',
    hint: 'raise MAX_QUERIES_PER_HOUR, MAX_UPDATES_PER_HOUR, MAX_CONNECTIONS_PER_HOUR or MAX_USER_CONNECTIONS of that user',
  },
  1820: EXPIRED,
  1862: EXPIRED,
}

/** Numbers that are MySQL's own; MariaDB has none of them, or means something else. */
const MYSQL_ONLY: Readonly<Record<number, MysqlReading>> = {
  3024: {
    kind: 'late',
    found: "the query ran into the server's own time limit",
    hint: `raise max_execution_time at the server, ${OR_THE_LOAD}`,
  },
  3032: {
    kind: 'away',
    found: 'the server is in offline mode',
    hint: 'set offline_mode = OFF at the server when its maintenance is over',
  },
  3118: LOCKED,
  3159: ENCRYPTED_ONLY,
  3854: LACKING_CHARACTER,
  4031: { kind: 'lost', found: 'the server closed an idle connection', hint: null },
}

/** Numbers that are MariaDB's own. */
const MARIADB_ONLY: Readonly<Record<number, MysqlReading>> = {
  1927: { kind: 'lost', found: 'the connection was killed', hint: null },
  1969: {
    kind: 'late',
    found: "the query ran into the server's own time limit",
    hint: `raise max_statement_time at the server or of the account, ${OR_THE_LOAD}`,
  },
  3159: ENCRYPTED_ONLY,
  4151: LOCKED,
}

/** What a server means by an error number; undefined if nothing is known of it. */
export function readingOfErrno(errno: number, isMariadb: boolean): MysqlReading | undefined {
  return COMMON[errno] ?? (isMariadb ? MARIADB_ONLY : MYSQL_ONLY)[errno]
}

/** Whether the driver, which knows MySQL's names alone, would name it wrongly. */
export function isMariadbsOwn(errno: number): boolean {
  return (errno >= 1900 && errno < 2000) || errno >= 4000
}
