import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Dispatcher } from '../../../src/dispatch/dispatcher.ts'
import { SystemRunLocks } from '../../../src/dispatch/locks/system-run-locks.ts'
import { RecordingLog } from '../../support/builders.ts'
import { realClock } from '../../support/real-clock.ts'
import type { SupervisedLab } from './supervised-lab.ts'

function aLockDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-locks-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A dispatcher as a daemon of this installation has it, with a lock directory of its own if none is given, that runs by `lab`. */
export function aDispatcher(
  t: TestContext,
  lab: SupervisedLab,
  installation: string,
  directory = aLockDirectory(t),
): Dispatcher {
  const log = new RecordingLog()
  return new Dispatcher({
    executor: lab.executor,
    recorder: { recordRun: async () => undefined },
    clock: realClock,
    log,
    limits: { runs: 8, runsPerHost: 8 },
    locks: SystemRunLocks.open({ directory, clock: realClock, log }),
    accessTo: () => null,
    installation,
  })
}
