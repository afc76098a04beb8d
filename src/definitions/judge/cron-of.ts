import { CATCH_UPS, KEEPS, ON_LOSTS } from '../../domain/choices.ts'
import { WORD, wordsIn } from '../../domain/columns/words.ts'
import type { Cron } from '../../domain/cron.ts'
import type { CronRow } from '../../domain/rows.ts'

const DEFAULT_KILL_GRACE_S = 10
const MS_PER_SECOND = 1000

/** What a row's numbers stand for, and the zone of those that name none. */
type Meant = Pick<Cron, 'action' | 'system' | 'auth'> & { readonly defaultTimezone: string }

/** What a sound row means to its runs. */
export function cronOf(row: CronRow, { action, system, auth, defaultTimezone }: Meant): Cron {
  return {
    id: row.id,
    name: row.cron_name,
    command: row.cron_path,
    action,
    enabled: row.enabled !== 0,
    system,
    auth,
    expression: [row.cron_min, row.cron_hour, row.cron_dom, row.cron_mon, row.cron_dow].join(' '),
    timezone: row.timezone ?? defaultTimezone,
    catchUp: CATCH_UPS.find((it) => it === row.catch_up) ?? 'none',
    latestStartMin: row.latest_start_min,
    onLost: ON_LOSTS.find((it) => it === row.on_lost) ?? 'stop',
    timeoutMs: row.timeout_s === null ? null : row.timeout_s * MS_PER_SECOND,
    killGraceMs: (row.kill_grace_s ?? DEFAULT_KILL_GRACE_S) * MS_PER_SECOND,
    ownConnection: row.own_connection === 1,
    keepOutput: row.keep_output === 1,
    keepHistory: KEEPS.find((it) => it === row.keep) ?? 'all',
    tags: tagsOf(row.tags, system.tags),
  }
}

/** Most crons have none. What is no word is no tag. */
function tagsOf(own: string | null, ofSystem: string | null): readonly string[] {
  if (own === null && ofSystem === null) return NO_TAGS
  return [...new Set([...wordsIn(own), ...wordsIn(ofSystem)])].filter((word) => WORD.test(word))
}

const NO_TAGS: readonly string[] = []
