import type { Cron } from '../cron.ts'
import { isSystemCalled } from './called.ts'

/** The cron of that id, else all of that name, else those of a name and a host: `dump@db1`, `dump@db1:22`, by the name of a system too. */
export function cronsByReference(crons: readonly Cron[], reference: string): readonly Cron[] {
  const byId = crons.filter(({ id }) => String(id) === reference)
  if (byId.length > 0) return byId
  const byName = crons.filter(({ name }) => name === reference)
  if (byName.length > 0) return byName
  const at = reference.lastIndexOf('@')
  if (at <= 0) return []
  const [called, where] = [reference.slice(0, at), reference.slice(at + 1)]
  return crons.filter(({ name, system }) => name === called && isSystemCalled(system, where))
}
