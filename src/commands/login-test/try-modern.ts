import type { SystemRow } from '../../domain/rows.ts'
import type { Login } from '../../hosts/transport.ts'
import { type AskParts, askHost } from './ask-host.ts'
import { degraded, good, type HostCheck } from './login-report.ts'

/** Whether the algorithms of long ago that the system allows are needed: tried by a login without them. Never rejects. */
export async function tryModern(system: SystemRow, login: Login, parts: AskParts): Promise<HostCheck> {
  if (system.legacy_algorithms !== 1) return good('algorithms', 'modern')
  const modern = { ...login, target: { ...login.target, legacyAlgorithms: false } }
  const asked = await askHost(modern, 'exit 0', parts)
  if (asked.kind === 'ended') {
    const consequence = `legacy_algorithms = 1 is not needed: "rcron system edit ${system.id} --legacy-algorithms 0"`
    return degraded('algorithms', 'modern (legacy allowed)', consequence)
  }
  const consequence = `it needs algorithms that OpenSSH has given up as too weak: bring its sshd up to date (${asked.answer.reason})`
  return degraded('algorithms', 'legacy', consequence)
}
