import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isTrustedOwner } from './path-trust.ts'

/**
 * Makes a directory, and those above it that are missing, mode 0700; one that is there is left as it is. Throws the error of the file
 * system, also where somebody else was quicker to make one: in /tmp it could be anyone. Goes level by level: Node's own recursive mkdir never comes back from a file system such as /proc.
 */
export function makeDirectory(path: string): void {
  for (const level of missingLevels(path)) makeLevel(level)
}

/** Outermost first. `path` itself is always among them: what stands in its place may be no directory. */
function missingLevels(path: string): readonly string[] {
  const levels = [path]
  for (let above = dirname(path); !isThere(above); above = dirname(above)) levels.unshift(above)
  return levels
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function makeLevel(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // There already, or made by another process of ours meanwhile.
    const there = statSync(path, { throwIfNoEntry: false })
    if (there?.isDirectory() !== true || !isTrustedOwner(there.uid)) throw error
  }
}
