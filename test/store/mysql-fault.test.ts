import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseFault } from '../../src/store/database-fault.ts'
import { mysqlFaultOf } from '../../src/store/mysql-fault.ts'

const driverError = (fields: object) => Object.assign(new Error('secret text'), fields)

const rows: readonly {
  readonly what: string
  readonly fields: object
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
    says: 'here: there is such a row already [ER_DUP_ENTRY, errno 1062, SQLSTATE 23000]',
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
  { what: 'a fatal error without a code', fields: { fatal: true }, kind: 'lost', says: 'here: the database failed' },
]
for (const { what, fields, kind, says } of rows) {
  test(`${what}: told by kind and codes, never by the driver's text`, () => {
    const fault = mysqlFaultOf(driverError(fields), 'here')
    if (!(fault instanceof DatabaseFault)) throw fault
    equal(fault.kind, kind)
    equal(fault.message, says)
    equal(/secret/.test(`${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`), false)
  })
}

test('a bug stays what it is', () => {
  const bug = new TypeError('undefined is not a function')
  equal(mysqlFaultOf(bug, 'here'), bug)
})
