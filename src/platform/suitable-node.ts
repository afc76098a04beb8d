import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// Everything here has to work on Node 18. What is imported here every start pays for.

/** As package.json says it of the Nodes that can run the program. */
export const SUITABLE_NODES = '^24.16 or >=26.1'

/** Whether a Node of that version can run the program. */
export function isSuitable(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major === 24 && minor >= 16) || (major === 26 && minor >= 1) || major > 26
}

/** Goes on in a Node that lies beside the program, as if it had been started by that one; where there is none, says what helps. */
export async function continueInSuitableNode(): Promise<void> {
  const main = realpathSync(process.argv[1] ?? '')
  const node = suitableNodeBeside(main)
  if (node === null) {
    process.stderr.write(`${adviceFor(main)}\n`)
    process.exitCode = 1
    return
  }
  const args = ['--disable-sigusr1', ...process.execArgv, main, ...process.argv.slice(2)]
  if (typeof process.execve === 'function') becomeNode(node, args)
  else await standFor(node, args)
}

/** The platform package of npm, as the dependency that it is, or the Node of an installation that brings its own; not the one that runs this. */
function suitableNodeBeside(main: string): string | null {
  const installed = packageBeside(main)
  const candidates = [
    installed === null ? '' : join(installed, 'bin', 'node'),
    join(dirname(main), '..', 'bin', 'node'),
  ]
  const running = realpathSync(process.execPath)
  return candidates.find((path) => existsSync(path) && realpathSync(path) !== running) ?? null
}

/** The folder of the platform package, if its version is suitable. */
function packageBeside(main: string): string | null {
  try {
    const manifest = createRequire(main).resolve(`${platformPackage()}/package.json`)
    return isSuitable(String(JSON.parse(readFileSync(manifest, 'utf8')).version)) ? dirname(manifest) : null
  } catch {
    return null // It is not installed.
  }
}

function platformPackage(): string {
  return `node-${process.platform}-${process.arch}`
}

/** The same process from then on: pid, signals, standard streams and exit status need no care. */
function becomeNode(node: string, args: readonly string[]): void {
  process.emitWarning = () => undefined // It says that execve is an experiment.
  process.execve?.(node, [node, ...args], process.env)
}

/** Sent to this process alone as a rule. What a terminal sends it sends to the other process as well. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGWINCH']
const PASSED_ON_WITHOUT_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Waits for a process that runs in its place. */
async function standFor(node: string, args: readonly string[]): Promise<void> {
  const { spawn } = await import('node:child_process')
  const { isatty } = await import('node:tty')
  const child = spawn(node, args, { stdio: 'inherit' })
  const isOnTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal))
  for (const signal of PASSED_ON_WITHOUT_TERMINAL)
    process.on(signal, () => {
      if (!isOnTerminal) child.kill(signal)
    })
  child.on('error', ({ message }) => {
    process.stderr.write(`rcron: ${node} cannot be started: ${message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => endAs(code, signal))
}

/** With the status of the other process, or by the signal that ended it. */
function endAs(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

function adviceFor(main: string): string {
  const top = join(dirname(main), '..')
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8'))
  const version = optionalDependencies[platformPackage()]
  const said = `rcron needs Node ${SUITABLE_NODES}; this is ${process.versions.node} (${process.execPath}), and none lies beside it.`
  return version === undefined
    ? `${said}\nInstall such a Node, and start rcron with it: there is no package of it for ${process.platform} on ${process.arch}.`
    : `${said}\nInstall one there: npm install --prefix '${top}' --no-save --omit=dev ${platformPackage()}@${version}`
}
