import { ACTIONS } from '../../domain/action.ts'
import { type Job, jobKey } from '../../domain/job.ts'
import { isTimezone } from '../../domain/timezone-name.ts'
import type { Ask } from '../sql/ask.ts'
import type { Engine } from '../sql/engine.ts'
import { CRON_TABLE } from '../sql/tables.ts'

/** The zones of the jobs that have one of their own, by `jobKey`; of rows that differ the first one's. Reads no other row. */
export function readJobZones(
  engine: Pick<Engine, 'readSnapshot' | 'presentColumns'>,
): Promise<ReadonlyMap<string, string>> {
  return engine.readSnapshot(async (ask) => {
    const columns = (await engine.presentColumns(ask)).get(CRON_TABLE.name)
    return columns?.has('timezone') === true ? await zonesIn(ask) : new Map()
  })
}

async function zonesIn(ask: Ask): Promise<ReadonlyMap<string, string>> {
  const zones = new Map<string, string>()
  const named = 'select cron_name, action, timezone from rcron_crons where timezone is not null order by id'
  for (const { cron_name, action, timezone } of await ask(named)) {
    const known = ACTIONS[Number(action)]
    if (known === undefined || typeof timezone !== 'string' || !isTimezone(timezone)) continue
    const key = jobKey({ name: String(cron_name), action: known } satisfies Job)
    if (!zones.has(key)) zones.set(key, timezone)
  }
  return zones
}
