import { isIP } from 'node:net'
import type { SystemRow } from '../domain/rows.ts'

/** The port to connect to: `local_port` where rcron, whose own name is `ownName`, is on the system's network. */
export function portOf(system: Pick<SystemRow, 'host' | 'port' | 'local_port'>, ownName: string): number {
  return areOnSameNetwork(system.host, ownName) ? system.local_port : system.port
}

/** Both names have a domain, and what follows their first label is equal, ignoring case. Addresses are on no network. */
function areOnSameNetwork(one: string, other: string): boolean {
  const network = networkOf(one)
  return network !== null && network === networkOf(other)
}

function networkOf(name: string): string | null {
  const canonical = name.toLowerCase().replace(/\.$/, '')
  const dot = canonical.indexOf('.')
  if (dot < 1 || dot === canonical.length - 1 || isIP(canonical) !== 0) return null
  return canonical.slice(dot + 1)
}
