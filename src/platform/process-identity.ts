import { readFileSync, statSync } from 'node:fs'
import { codeOf } from './error-code.ts'

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

/** Whether there is a living process of this number on this machine: one that is dead and not yet reaped is none. */
export function isRunning(pid: number): boolean {
  const state = statOf(pid)?.[0]
  if (state === 'Z' || state === 'X') return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it runs as another user.
    return codeOf(error) === 'EPERM'
  }
}

/**
 * What this boot of the machine (or start of the container) is called: the same until the next one. Where the kernel's id is
 * hidden, the birth of /run stands in for it, which is made at each boot. Null where neither is known.
 */
export function localBootId(files: BootFiles = BOOT_FILES): string | null {
  return kernelBootId(files.bootId) ?? birthOf(files.run)
}

/** The files in which the kernel says which boot this is. */
export type BootFiles = { readonly bootId: string; readonly run: string }

const BOOT_FILES: BootFiles = { bootId: '/proc/sys/kernel/random/boot_id', run: '/run' }

function startOfProcess(pid: number): string {
  return statOf(pid)?.[19] ?? '-'
}

/** The kernel's id alone: for all processes of a machine it is the same, whatever each of them sees of /run. */
function bootId(): string {
  return kernelBootId(BOOT_FILES.bootId) ?? '-'
}

/** The fields of `/proc/PID/stat` from the third one, the state, on; null where it cannot be read. */
export function statOf(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses, which may hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null // No /proc, a hidden file, or a process that is gone: all say "unknown".
  }
}

function kernelBootId(path: string): string | null {
  try {
    const id = readFileSync(path, 'utf8').trim()
    return /^[0-9a-f-]{36}$/.test(id) ? id : null
  } catch {
    return null // Hidden by ProcSubset=pid, or no Linux.
  }
}

function birthOf(path: string): string | null {
  try {
    const { birthtimeNs, dev } = statSync(path, { bigint: true })
    return birthtimeNs > 0n ? `run-${dev}-${birthtimeNs}` : null
  } catch {
    return null // No /run.
  }
}
