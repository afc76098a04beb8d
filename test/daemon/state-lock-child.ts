import { takeStateLock } from '../../src/daemon/system-state-lock.ts'

/** Takes the lock, says so, and keeps it until it is killed. */
takeStateLock(process.argv[2] ?? '')
process.stdout.write('locked\n')
setInterval(() => undefined, 60_000)
