import { userInfo } from 'node:os'

/** The account that this process runs as: its name, or its number where the machine has no name for it. */
export function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}` // A container may run as an account that it does not list.
  }
}
