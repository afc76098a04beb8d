import type { Machine } from './machine.ts'
import type { Service } from './service.ts'

const DROP_IN = '/run/systemd/system/rcron.service.d/inner-faults.conf'
const MODULE = '/etc/rcron/inner-faults.mjs'
const FAULTS = `
process.on('SIGUSR2', () => { throw new Error('thrown from within') })
process.on('SIGWINCH', () => { for (;;) {} })
`

export type InnerFault = 'throw' | 'hang'

const SIGNALS: Readonly<Record<InnerFault, string>> = { throw: 'USR2', hang: 'WINCH' }

/** Restarts the service with a daemon in which something goes wrong at a signal, as a bug of its own would. */
export async function plantInnerFaults(service: Service): Promise<void> {
  const { machine } = service
  await machine.run(`cat >${MODULE} && chmod 644 ${MODULE} && mkdir -p "$(dirname ${DROP_IN})"`, FAULTS)
  await machine.run(`cat >${DROP_IN}`, `[Service]\nEnvironment=NODE_OPTIONS=--import=${MODULE}\n`)
  await reloadAndRestart(service)
}

export async function strike(machine: Machine, fault: InnerFault): Promise<void> {
  await machine.run(`systemctl kill --kill-who=main --signal=${SIGNALS[fault]} rcron`)
}

export async function removeInnerFaults(service: Service): Promise<void> {
  await service.machine.run(`rm ${DROP_IN} ${MODULE}`)
  await reloadAndRestart(service)
}

async function reloadAndRestart(service: Service): Promise<void> {
  await service.machine.run('systemctl daemon-reload')
  await service.systemctl('restart')
}
