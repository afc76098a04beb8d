import { DatabaseSync } from 'node:sqlite'

/** What the store says of a cron's last run. */
export type StoredCron = {
  readonly cron: number
  /** When it began, by the machine's clock, up to a second too early; null where nothing was written. */
  readonly lastRun: number | null
  readonly errors: string | null
}

export function readStoredCrons(database: string, machineTimeOf: (told: number) => number): readonly StoredCron[] {
  using connection = new DatabaseSync(database, { readOnly: true })
  const rows = connection.prepare('SELECT id, last_run, errors FROM rcron_crons ORDER BY id').all()
  return rows.map(({ id, last_run: lastRun, errors }) => ({
    cron: Number(id),
    lastRun: lastRun === null ? null : machineTimeOf(Date.parse(`${String(lastRun).replace(' ', 'T')}Z`)),
    errors: errors === null ? null : String(errors),
  }))
}
