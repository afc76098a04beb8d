import { writeSync } from 'node:fs'
import { describeBug } from './commands/cli/context.ts'
import { runProgram } from './commands/cli/program.ts'
import type { DaemonSignals } from './daemon/daemon-signals.ts'

/** Executes the command that the process was started with, and ends the process. `signals`: what is listened to already, of a daemon. */
export async function start(signals?: DaemonSignals): Promise<never> {
  // Node itself would print the message as it is, whatever it does to a terminal.
  process.on('uncaughtException', (error) => {
    try {
      writeSync(2, `rcron: a bug in rcron: ${describeBug(error)}\n`)
    } catch {
      // Nobody reads it.
    }
    process.exit(1)
  })
  const status = await runProgram(process.argv.slice(2), {
    environment: process.env,
    // Made when it is read: that takes a while, and most commands do not.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    ...(signals && { signals }),
  })
  // What a store that is away, or a host that does not answer, still keeps waiting, keeps nobody waiting here.
  process.exit(status)
}
