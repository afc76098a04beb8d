import { readFileSync } from 'node:fs'
import { codeOf } from './error-code.ts'

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
