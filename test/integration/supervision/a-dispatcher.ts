import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Dispatcher, type DispatcherParts } from '../../../src/dispatch/dispatcher.ts'
import { SystemRunLocks } from '../../../src/dispatch/locks/system-run-locks.ts'
import type { ProcessIdentity } from '../../../src/platform/process-identity.ts'
import { aJournal } from '../../support/a-journal.ts'
import { RecordingLog } from '../../support/builders.ts'
import { realClock } from '../../support/real-clock.ts'
import type { SupervisedLab } from './supervised-lab.ts'

type Overrides = Partial<Pick<DispatcherParts, 'accessTo' | 'cronOf' | 'log'>> & {
  /** The lock directory of another process. */
  readonly directory?: string | undefined
  /** Whose locks it makes. Absent: this process's. */
  readonly holder?: ProcessIdentity
}

/** A dispatcher as a daemon of this installation has it, with a lock directory of its own, that runs by `lab`. */
export function aDispatcher(
  t: TestContext,
  lab: SupervisedLab,
  installation: string,
  overrides: Overrides = {},
): Dispatcher {
  const { directory: given, holder, ...parts } = overrides
  const directory = given ?? mkdtempSync(join(tmpdir(), 'rcron-locks-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const log = new RecordingLog()
  return new Dispatcher({
    executor: lab.executor,
    journal: aJournal(parts.log ?? log),
    clock: realClock,
    log,
    limits: { runs: 8, runsPerHost: 8 },
    locks: SystemRunLocks.open({ directory, clock: realClock, log, ...(holder && { holder }) }),
    accessTo: () => null,
    cronOf: () => null,
    onFound: () => {},
    isTransient: false,
    installation,
    ...parts,
  })
}
