import { readSystemdEnvironment } from '../../src/daemon/systemd-environment.ts'
import { SystemdNotifier } from '../../src/daemon/systemd-notify.ts'
import { SystemLog } from '../../src/platform/log/system-log.ts'

/** Goes through the life of a daemon, a step each time systemd could have taken the one before. */
const log = new SystemLog({ level: 'info', format: 'text', colour: false, journalStream: null, descriptor: 2 })
const notifier = new SystemdNotifier(readSystemdEnvironment(process.env, process.pid), log)
notifier.ready()
notifier.status('12 crons\nREADY=0')
notifier.watchdog()
const alive = setInterval(() => undefined, 1_000)
const steps = [
  () => notifier.reloading(),
  () => {
    notifier.stopping()
    clearInterval(alive)
  },
]
// One listener for all: between two that each listen once, a signal would end the process.
process.on('SIGUSR2', () => steps.shift()?.())
