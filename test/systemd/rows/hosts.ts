import { describe } from 'node:test'
import type { Service } from '../support/service.ts'
import { clobberInScope } from './hosts-clobber.ts'
import { oneBadSecret } from './hosts-penalties.ts'

/** Both wait for minutes to come, and so they wait together. */
export function hostRows(service: () => Service): void {
  describe('hosts with a systemd and a current sshd', { concurrency: true }, () => {
    clobberInScope(service)
    oneBadSecret(service)
  })
}
