import { readScripts } from '../execution/remote/scripts.ts'
import { holdModules } from '../platform/held-modules.ts'

/**
 * Holds what a process that outlives the command line may need only later: parts of the program, and what is sent to hosts. An upgrade
 * replaces their files while it runs. Run from its source, the program has no such parts: there it is read from files that nothing upgrades.
 */
export function holdProgram(): void {
  holdModules(new URL('.', import.meta.url))
  readScripts()
}
