import type { CachedDefinitions } from '../../../src/definitions/cache/definitions-cache.ts'
import type { CronRow } from '../../../src/domain/rows.ts'
import { aCronRow, anAuth, aSystem } from '../../support/builders.ts'

/** Definitions with `count` crons, one auth and one system. */
export function someDefinitions(count: number, savedAt = 1_000): CachedDefinitions {
  const auths = [anAuth({ user: 'u', password: 'PLAINTEXT-SECRET' })]
  const systems = [aSystem({ host: 'db1' })]
  return {
    savedAt,
    definitions: { auths, systems, crons: Array.from({ length: count }, (_, index) => cronRow(index + 1)) },
  }
}

function cronRow(id: number): CronRow {
  const command = `/usr/local/bin/backup --target /srv/${id} 日本`
  return aCronRow({ id, cron_name: `backup ${id}`, cron_path: command, cron_min: '*/5' })
}
