import type { DefinitionEditor, Entry, StoredCron } from '../../store/definitions/definition-editor.ts'
import { system } from './system.ts'

/** By id or name; or by both name and host, `dump@db1` and `dump@db1:22`, which means those on that system. */
export async function findCrons(editor: DefinitionEditor, reference: string): Promise<readonly Entry<StoredCron>[]> {
  const found = await editor.crons.find(reference)
  const at = reference.lastIndexOf('@')
  if (found.length > 0 || at <= 0) return found
  const name = reference.slice(0, at)
  const systems = await system.find(editor, reference.slice(at + 1))
  const hosts = new Set(systems.map(({ id }) => id))
  const named = await editor.crons.find(name)
  return named.filter((entry) => entry.name === name && entry.row !== null && hosts.has(entry.row.host))
}
