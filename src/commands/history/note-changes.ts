import { randomBytes } from 'node:crypto'
import { OperatorError } from '../../domain/errors.ts'
import { type AuditRow, describeActor } from '../../domain/history/audit-row.ts'
import { userName } from '../../platform/user-name.ts'
import type { Output } from '../cli/output.ts'
import type { Options, RowChange } from '../definitions/noun.ts'
import { withoutSecrets } from '../definitions/print-rows.ts'
import type { OpenStore } from '../shared/open-store.ts'

/** Writes down who changed what. What was asked for is done by then: where that cannot be written down, it is said. */
export async function noteChanges(
  { store, settings }: OpenStore,
  action: string,
  changes: readonly RowChange[],
  output: Output,
): Promise<void> {
  const at = Date.now()
  const actor = actorIn(settings.environment)
  const rows = changes.map(({ subject, was, became }): AuditRow => {
    const id = randomBytes(16).toString('hex')
    return { id, at, actor, action, subject, was: textOf(was), became: textOf(became) }
  })
  await noteAudit(store, rows, output)
}

/** As `noteChanges`, of rows that are made already. */
export async function noteAudit(
  store: Pick<OpenStore['store'], 'writeAudit'>,
  rows: readonly AuditRow[],
  output: Output,
): Promise<void> {
  try {
    await store.writeAudit(rows)
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    output.note(`This is not in the audit: ${error.message}`)
  }
}

function textOf(columns: Options | null): string | null {
  return columns === null ? null : JSON.stringify(withoutSecrets(columns))
}

/** Whoever may write the store may say what they like; what is true of root is kept. */
export function actorIn(environment: Readonly<Record<string, string | undefined>>): string {
  const isForOthers = process.getuid?.() === 0 || Boolean(environment['STATE_DIRECTORY'])
  return describeActor(userName(), isForOthers ? (environment['SUDO_USER'] ?? null) : null)
}
