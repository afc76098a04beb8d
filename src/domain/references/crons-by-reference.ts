import type { Cron } from '../cron.ts'
import { describeHostPort } from '../host-port.ts'

/** The cron of that id, else all of that name, else those of a name and a host: `dump@db1`, `dump@db1:22`. */
export function cronsByReference(crons: readonly Cron[], reference: string): readonly Cron[] {
  const byId = crons.filter(({ id }) => String(id) === reference)
  if (byId.length > 0) return byId
  const byName = crons.filter(({ name }) => name === reference)
  if (byName.length > 0) return byName
  const at = reference.lastIndexOf('@')
  if (at <= 0) return []
  const [called, where] = [reference.slice(0, at), reference.slice(at + 1)]
  return crons.filter(({ name, system }) => name === called && isOn(system, where))
}

/** As the command line names systems elsewhere. */
function isOn({ id, host, port }: Cron['system'], where: string): boolean {
  return [String(id), host, describeHostPort(host, port)].includes(where)
}
