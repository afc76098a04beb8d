import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { layOut, type TableColumn } from '../../src/commands/cli/table.ts'

const COLUMNS: readonly TableColumn[] = [
  { heading: 'id' },
  { heading: 'host', leaves: 2 },
  { heading: 'command', leaves: 3, isCut: true },
  { heading: 'action', leaves: 1 },
  { heading: 'errors', isLong: true },
]
const ROWS = [
  ['1', 'db1.example.com', '/usr/bin/backup --all', 'failover', 'failed with exit code 3, and more than fits'],
  ['1234567', 'db2', 'true', 'all', '-'],
]

const widths: readonly (readonly [string, number | null, readonly string[]])[] = [
  [
    'without a width everything is there',
    null,
    [
      'id       host             command                action    errors',
      '1        db1.example.com  /usr/bin/backup --all  failover  failed with exit code 3, and more than fits',
      '1234567  db2              true                   all       -',
    ],
  ],
  [
    'what may be cut is cut before a column leaves',
    64,
    [
      'id       host             command               action    errors',
      '1        db1.example.com  /usr/bin/backup --a…  failover  failed with exit code 3, and more than fits',
      '1234567  db2              true                  all       -',
    ],
  ],
  [
    'columns leave in their order',
    45,
    [
      'id       command                errors',
      '1        /usr/bin/backup --all  failed with exit code 3, and more than fits',
      '1234567  true                   -',
    ],
  ],
  [
    'ids and long texts stay, however narrow it is',
    5,
    ['id       errors', '1        failed with exit code 3, and more than fits', '1234567  -'],
  ],
]
for (const [what, width, expected] of widths) {
  test(`a table: ${what}`, () => deepEqual(layOut(COLUMNS, ROWS, width), expected))
}
