import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuthRow } from '../../domain/rows.ts'
import { parseSecretSource } from '../../secrets/secret-source.ts'
import { degraded, type HostCheck } from './login-report.ts'

/** Names the certificate that lies beside a key file: `ssh` would log in with it, and rcron does not yet. Never rejects. */
export async function unusedCertificate({ password }: AuthRow, home: string): Promise<readonly HostCheck[]> {
  const source = parseSecretSource(password)
  if (source.kind !== 'key-file') return []
  const path = source.path.startsWith('~/') ? join(home, source.path.slice(2)) : source.path
  const certificate = `${path}-cert.pub`
  if (!(await isFile(certificate))) return []
  const consequence = `the certificate ${certificate} is not used: rcron logs in with only the key, which the host must know (authorized_keys)`
  return [degraded('certificate', 'not used', consequence)]
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false // Not there, or not to be seen.
  }
}
