import { readFileSync } from 'node:fs'
import { isRunning, statOf } from './is-running.ts'

/** What tells a process from all others that had its number: process ids come again, in containers at every start. */
export type ProcessIdentity = {
  readonly pid: number
  /** Field 22 of `/proc/PID/stat`: clock ticks between boot and start; `-` where there is no /proc. */
  readonly start: string
  /** The machine's boot id; `-` where it is hidden. */
  readonly boot: string
}

export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid)
}

/** What tells the present process of number `pid` from all others. */
export function identityOf(pid: number): ProcessIdentity {
  return { pid, start: startOfProcess(pid), boot: bootId() }
}

/** Whether the process that `identity` names is alive on this machine. One that is dead and not yet reaped is not. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.boot !== bootId()) return false
  return startOfProcess(identity.pid) === identity.start && isRunning(identity.pid)
}

export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.start === other.start && one.boot === other.boot
}

function startOfProcess(pid: number): string {
  return statOf(pid)?.[19] ?? '-'
}

function bootId(): string {
  return readOrNull('/proc/sys/kernel/random/boot_id')?.trim() ?? '-'
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null // A hidden file: unknown.
  }
}
