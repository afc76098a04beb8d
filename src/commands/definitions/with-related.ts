import { nameSkeleton } from '../../definitions/judge/name-skeleton.ts'
import type { CronRow } from '../../domain/rows.ts'
import type { DefinitionEditor, Entry } from '../../store/definitions/definition-editor.ts'
import type { JudgedDefinitions } from './noun.ts'

/** `rows` as they would be, beside what they refer to, and the crons whose names are the same or look the same. */
export async function withRelated(rows: readonly CronRow[], editor: DefinitionEditor): Promise<JudgedDefinitions> {
  const written = new Set(rows.map(({ id }) => id))
  const names = new Set(rows.map(({ cron_name }) => nameSkeleton(cron_name)))
  const others = soundRows(await editor.crons.list()).filter(
    ({ id, cron_name }) => !written.has(id) && names.has(nameSkeleton(cron_name)),
  )
  const crons = [...rows, ...others]
  const [hosts, users] = [idsOf(crons, 'host'), idsOf(crons, 'user')]
  const [ownHosts, ownUsers] = [idsOf(rows, 'host'), idsOf(rows, 'user')]
  const systems = soundRows(await editor.systems.list()).filter(({ id }) => hosts.has(id))
  const auths = soundRows(await editor.auths.list()).filter(({ id }) => users.has(id))
  const beside = {
    auth: idsOf(others, 'user', ownUsers),
    system: idsOf(others, 'host', ownHosts),
    cron: idsOf(others, 'id'),
  }
  return { auths, systems, crons, beside }
}

function idsOf(
  rows: readonly CronRow[],
  column: 'id' | 'host' | 'user',
  butNot: ReadonlySet<number> = new Set(),
): ReadonlySet<number> {
  return new Set(rows.map((row) => row[column]).filter((id) => !butNot.has(id)))
}

/** Those whose shape holds. */
export function soundRows<Row>(entries: readonly Entry<Row>[]): Row[] {
  return entries.flatMap(({ row }) => (row === null ? [] : [row]))
}
