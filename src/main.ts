#!/usr/bin/env node
// SIGUSR1 opens Node's inspector, through which any user of the machine could run code here. Whoever listens to it keeps it shut: npm's
// links and `npx` start this file with no option of Node.
process.on('SIGUSR1', () => {})

// Node must be new enough before anything else is loaded: an older one would fail on the first file with a riddle.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if ((major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26) {
  // Node lets FORCE_COLOR win over NO_COLOR, and warns of it on the terminal; here NO_COLOR wins, for the libraries too.
  if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']
  const { writeSync } = await import('node:fs')
  // Until somebody listens, each of these signals ends the process without a word; all that follows takes a while to load.
  const signals =
    process.argv[2] === 'daemon'
      ? (await import('./daemon/system-daemon-signals.ts')).listenToSystemSignals()
      : undefined
  const { runProgram } = await import('./commands/cli/program.ts')
  const { describeBug } = await import('./commands/cli/context.ts')
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
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    ...(signals && { signals }),
  })
  // What a store that is away, or a host that does not answer, still keeps waiting, keeps nobody waiting here.
  process.exit(status)
} else {
  process.stderr.write(`rcron needs Node ^24.16 or >=26.1; this is ${process.versions.node} (${process.execPath}).\n`)
  process.exitCode = 1
}
