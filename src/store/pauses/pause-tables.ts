import type { HistoryTable } from '../history/history-tables.ts'
import type { TableSet } from '../sql/table-sets.ts'

/** What is not to be started for a time. Moments are epoch milliseconds. */
export const PAUSES = {
  name: 'rcron_pauses',
  columns: {
    id: 'id',
    kind: 'word',
    subject: 'name',
    since_at: 'moment',
    until_at: 'moment?',
    schedule: 'name?',
    minutes: 'whole?',
    timezone: 'name?',
    reason: 'sentence',
    actor: 'name',
  },
  primary: ['id'],
  indexes: {},
} as const satisfies HistoryTable

export const PAUSE_SET: TableSet<HistoryTable> = {
  name: 'pauses',
  off: 'nothing can be paused',
  tables: [PAUSES],
}
