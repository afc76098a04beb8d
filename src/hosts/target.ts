import { describeHostPort } from '../domain/host-port.ts'
import type { AuthRow, SystemRow } from '../domain/rows.ts'
import { portOf } from './port-of.ts'

/** What it takes to log in. */
export type Access = { readonly system: SystemRow; readonly auth: AuthRow }

/** Where a command is to run, and as whom. */
export type Target = {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Algorithms that OpenSSH no longer offers are allowed too. */
  readonly legacyAlgorithms: boolean
  /** How long the handshake and the login may take; null: as long as everywhere. */
  readonly loginTimeoutMs: number | null
}

/** The target of `user` on `system`, seen from the machine called `ownName`. */
export function targetOf(system: SystemRow, user: string, ownName: string): Target {
  const { host, legacy_algorithms, login_timeout_s } = system
  const loginTimeoutMs = login_timeout_s === null ? null : login_timeout_s * 1000
  return { host, port: portOf(system, ownName), user, legacyAlgorithms: legacy_algorithms === 1, loginTimeoutMs }
}

/** `db1.example:22`: how a host is named in reasons; IPv6 addresses in brackets. */
export function describeHost({ host, port }: Target): string {
  return describeHostPort(host, port)
}
