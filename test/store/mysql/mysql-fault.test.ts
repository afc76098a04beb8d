import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { mysqlFaultOf } from '../../../src/store/mysql/mysql-fault.ts'
import { DatabaseFault } from '../../../src/store/sql/database-fault.ts'

const HERE = { where: 'here', isMariadb: false }

const driverError = (fields: object) => Object.assign(new Error('secret text'), fields)

const rows: readonly {
  readonly what: string
  readonly fields: object
  readonly isMariadb?: boolean
  readonly kind: string
  readonly says: string
}[] = [
  {
    what: 'a clash of unique keys, whose text holds the values',
    fields: {
      code: 'ER_DUP_ENTRY',
      errno: 1062,
      sqlState: '23000',
      sqlMessage: "Duplicate entry 'secret-x' for key 'user'",
      sql: 'insert secret',
    },
    kind: 'duplicate',
    says: 'here: there already is such a row [ER_DUP_ENTRY, errno 1062, SQLSTATE 23000]',
  },
  {
    what: 'a value that is too long, by its column',
    fields: { code: 'ER_DATA_TOO_LONG', errno: 1406, sqlMessage: "Data too long for column 'password' at row 1" },
    kind: 'too-long',
    says: 'here: a value is longer than its column (password) [ER_DATA_TOO_LONG, errno 1406]',
  },
  {
    what: 'a column that is missing, by its name',
    fields: { code: 'ER_BAD_FIELD_ERROR', errno: 1054, sqlMessage: "Unknown column 'rcron_crons.x' in 'SELECT'" },
    kind: 'missing-column',
    says: 'here: a column is missing (rcron_crons.x) [ER_BAD_FIELD_ERROR, errno 1054]',
  },
  {
    what: 'an errno that nobody foresaw',
    fields: { code: 'ER_NEW', errno: 99_999 },
    kind: 'other',
    says: 'here: the database failed [ER_NEW, errno 99999]',
  },
  {
    what: "MySQL's word for a character that the column lacks",
    fields: {
      code: 'ER_CANNOT_CONVERT_STRING',
      errno: 3854,
      sqlMessage: "Cannot convert string 'secret' from utf8mb4",
    },
    kind: 'characters',
    says: 'here: the character set of the column lacks a character of the value [ER_CANNOT_CONVERT_STRING, errno 3854]',
  },
  {
    what: 'a right that is lacking, by its name',
    fields: { errno: 1142, sqlMessage: "REFERENCES command denied to user 'secret'@'%' for table 'rcron.rcron_auth'" },
    kind: 'denied',
    says: 'here: the user may not do this to the table (REFERENCES) [errno 1142]',
  },
  {
    what: "a number of MariaDB's own, which the driver names as if it were MySQL's",
    fields: { code: 'ER_NOT_IMPLEMENTED_FOR_CARTESIAN_SRS', errno: 4151 },
    isMariadb: true,
    kind: 'denied',
    says: 'here: the account is locked [errno 4151]',
  },
  {
    what: 'the same number from MySQL',
    fields: { code: 'ER_X', errno: 4151 },
    kind: 'other',
    says: 'here: the database failed [ER_X, errno 4151]',
  },
  {
    what: 'a server in offline mode',
    fields: { code: 'ER_SERVER_OFFLINE_MODE', errno: 3032 },
    kind: 'away',
    says: 'here: the server is in offline mode [ER_SERVER_OFFLINE_MODE, errno 3032]',
  },
  { what: 'a fatal error without a code', fields: { fatal: true }, kind: 'lost', says: 'here: the database failed' },
]
for (const { what, fields, isMariadb = false, kind, says } of rows) {
  test(`${what}: told by kind and codes, never by the driver's text`, () => {
    const fault = mysqlFaultOf(driverError(fields), { where: 'here', isMariadb })
    if (!(fault instanceof DatabaseFault)) throw fault
    equal(fault.kind, kind)
    equal(fault.message, says)
    equal(/secret/.test(`${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`), false)
  })
}

test('a bug stays what it is', () => {
  const bug = new TypeError('undefined is not a function')
  equal(mysqlFaultOf(bug, HERE), bug)
})

const handshakes: readonly { readonly what: string; readonly error: object; readonly says: RegExp }[] = [
  {
    what: 'a certificate of another authority',
    error: { code: 'HANDSHAKE_SSL_ERROR', message: 'self-signed certificate in certificate chain' },
    says: /not signed by the given authority .*RCRON_DATABASE_SSL_CA.*the certificates that MySQL generates carry no host/,
  },
  {
    what: 'an expired certificate',
    error: { code: 'HANDSHAKE_SSL_ERROR', message: 'certificate has expired' },
    says: /not accepted: it has expired .* renew it/,
  },
  {
    what: 'a certificate that MySQL made for itself',
    error: {
      code: 'HANDSHAKE_SSL_ERROR',
      message:
        "Hostname/IP does not match certificate's altnames: Host: db.example.com. is not cert's CN: MySQL_Server",
      cert: { subject: { CN: 'MySQL_Server_9.7.0_Auto_Generated_Server_Certificate' } },
    },
    says: /it carries no host name .* the certificates that MySQL generates carry no host name/,
  },
  {
    what: 'a certificate for other names, one of which is not for a terminal',
    error: {
      code: 'HANDSHAKE_SSL_ERROR',
      message: "Hostname/IP does not match certificate's altnames: Host: x",
      cert: { subjectaltname: 'DNS:db.example, DNS:\u001b[2J*.lab' },
    },
    says: /it is for DNS:db\.example, DNS:2J\*\.lab \[/,
  },
  {
    what: 'a server that demands a certificate',
    error: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', message: 'tlsv13 alert certificate required' },
    says: /requires a client certificate of rcron .*RCRON_DATABASE_SSL_CERT/,
  },
  {
    what: 'a server that knows old TLS alone',
    error: { code: 'HANDSHAKE_SSL_ERROR', message: '80:error:0A000102:SSL routines::unsupported protocol:ssl/x.c:1:' },
    says: /supports no recent TLS .*TLS 1\.2/,
  },
  {
    what: 'a server that breaks off',
    error: { code: 'HANDSHAKE_SSL_ERROR', message: 'sslv3 alert handshake failure' },
    says: /aborted the TLS handshake .*error log/,
  },
]
for (const { what, error, says } of handshakes) {
  test(`B4: ${what} is told by its cause, with what to do`, () => {
    const fault = mysqlFaultOf(Object.assign(new Error(), error, { fatal: true }), HERE)
    if (!(fault instanceof DatabaseFault)) throw fault
    equal(fault.kind, 'untrusted')
    match(`${fault.message} ${fault.hint}`, says)
  })
}
