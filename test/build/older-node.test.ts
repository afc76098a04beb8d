import { deepEqual, equal, match } from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { until } from '../support/wait-until.ts'
import { aBundle } from './a-bundle.ts'
import { anOlderNode, OLDER_NODES } from './an-older-node.ts'

const bundle = aBundle(after)
const PACKAGE = `node-${process.platform}-${process.arch}`
const installed = join(bundle.directory, 'node_modules', PACKAGE)
const suitable = join(import.meta.dirname, '..', '..', 'node_modules', PACKAGE)

/** As npm installs it: an optional dependency of the package. */
function installNode(): void {
  mkdirSync(dirname(installed), { recursive: true })
  rmSync(installed, { force: true })
  symlinkSync(suitable, installed)
}

/** A daemon that the older Node was asked to run, and what it has printed. */
async function aDaemon(t: TestContext, node: string) {
  const child = spawn(node, [bundle.main, 'daemon'], {
    cwd: bundle.home,
    env: { ...bundle.environment, RCRON_LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const closed = once(child, 'close')
  await until('it has read its definitions', () => output.includes('definitions read'), 60_000)
  return { child, closed, output: () => output, daemon: daemonOf(child) }
}

/** The process that is the daemon: that one, or its child. */
function daemonOf({ pid = 0 }: ChildProcess): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? pid : Number(children)
}

for (const version of OLDER_NODES) {
  test(`Node ${version} goes on in the Node that lies beside the program: arguments, streams, status and signals are the same`, async (t) => {
    const node = await anOlderNode(version)
    installNode()
    const { rcron, home } = bundle
    const listed = execFileSync(node, [bundle.main, 'next', '--tz', 'UTC', '--json', '0 3 * * *'], {
      cwd: home,
      env: bundle.environment,
      encoding: 'utf8',
    })
    match(listed, /T03:00/)
    const mistaken = await rcron(['no-such-verb'], {}, node)
    deepEqual([mistaken.code, mistaken.stdout], [2, ''])
    match(mistaken.stderr, /^error: unknown command/)
    equal((await rcron(['init'], {}, node)).code, 0)

    const stopped = await aDaemon(t, node)
    equal(readlinkSync(`/proc/${stopped.daemon}/exe`), readlinkSync(`/proc/self/exe`))
    stopped.child.kill('SIGHUP')
    await until('it reloads', () => stopped.output().includes('reloading settings'), 30_000)
    stopped.child.kill('SIGTERM')
    deepEqual(await stopped.closed, [0, null])
    match(stopped.output(), /rcron has stopped/)

    const killed = await aDaemon(t, node)
    process.kill(killed.daemon, 'SIGKILL')
    deepEqual(await killed.closed, [null, 'SIGKILL'])
  })

  test(`Node ${version} with no Node beside the program ends with the one command that helps`, async () => {
    const node = await anOlderNode(version)
    rmSync(installed, { force: true })
    const { code, stdout, stderr } = await bundle.rcron(['--version'], {}, node)
    deepEqual([code, stdout], [1, ''])
    match(stderr, new RegExp(`^rcron needs Node .*; this is ${version}`))
    match(stderr, new RegExp(`\\nInstall one there: npm install --prefix '${bundle.directory}' .*${PACKAGE}@24\\.`))
  })
}
