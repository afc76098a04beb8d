import { describeHostPort } from '../host-port.ts'
import type { AuthRow, SystemRow } from '../rows.ts'

type Called = Pick<SystemRow, 'host' | 'port' | 'name'>

/** Whether people mean this system: by its id, its name, its host, or host and port. */
export function isSystemCalled(system: Called & Pick<SystemRow, 'id'>, word: string): boolean {
  const { id, name, host, port } = system
  return word === String(id) || word === name || word === host || word === describeHostPort(host, port)
}

/** Whether people mean this auth: by its id, its name or its user. */
export function isAuthCalled({ id, name, user }: Pick<AuthRow, 'id' | 'name' | 'user'>, word: string): boolean {
  return word === String(id) || word === name || word === user
}
