import { gently } from '../platform/waiting/gently.ts'
import { type CompileInput, compileSteps } from './compile-snapshot.ts'
import type { Snapshot } from './snapshot.ts'

/** Makes a snapshot and lets everything else have its turn in between. */
export function compileGently(input: CompileInput): Promise<Snapshot> {
  return gently(compileSteps(input))
}
