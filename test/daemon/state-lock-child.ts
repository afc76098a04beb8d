import { takeStateLock } from '../../src/daemon/system-state-lock.ts'
import { realClock } from '../support/real-clock.ts'

/** Takes the lock, says so, and keeps it until it is killed. */
await takeStateLock(process.argv[2] ?? '', realClock)
process.stdout.write('locked\n')
setInterval(() => undefined, 60_000)
