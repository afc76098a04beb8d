import { InvalidInputError } from '../../domain/errors.ts'
import type { AuditRow } from '../../domain/history/audit-row.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { withStore } from '../shared/open-store.ts'
import { pastTimeOf } from '../shared/past-time.ts'

/** Options of `rcron audit`. */
export type AuditOptions = { readonly since?: string; readonly count?: string; readonly json?: boolean }

const DEFAULT_COUNT = 20
const MOST = 1000

/** Lists who changed a definition, or had a daemon do something, the newest first. */
export async function audit(context: CommandContext, options: AuditOptions): Promise<ExitCode> {
  return await withStore<ExitCode>(context, async ({ store, settings }) => {
    const zone = zoneOf(settings.config.timezone)
    const since = options.since === undefined ? null : pastTimeOf('--since', options.since, { now: Date.now(), zone })
    const rows = await store.readAudit({ since, most: countOf(options.count) })
    const output = new Output(context)
    const at = (row: AuditRow) => formatInstant(row.at, zone)
    if (options.json === true) {
      const items = rows.map((row) => ({ ...row, at: at(row), was: parsed(row.was), became: parsed(row.became) }))
      output.json({ schema: 'rcron.audit.v1', generated: formatInstant(Date.now(), zone), items })
    } else if (rows.length === 0) output.note('Nothing is in the audit.')
    else {
      const columns = ['when', 'who', 'action', 'subject', { heading: 'change', isLong: true }] as const
      output.table(
        columns,
        rows.map((row) => [at(row), row.actor, row.action, row.subject, changeOf(row)]),
      )
    }
    return 0
  })
}

function changeOf({ was, became }: AuditRow): string | null {
  if (was === null) return became
  return became === null ? `was ${was}` : `${was} → ${became}`
}

/** Somebody may have written there by hand. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return text
  }
}

function countOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COUNT
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count
  const message = `found ${JSON.stringify(text)}, expected a whole number from 1 to ${MOST}`
  throw new InvalidInputError([errorAbout(aboutOption('--count'), message)])
}
