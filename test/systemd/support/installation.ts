import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { cacheDirectory } from './cache-directory.ts'
import { documentedSteps } from './documented-steps.ts'
import type { Machine } from './machine.ts'

const repository = resolve(import.meta.dirname, '../../..')
const page = join(repository, 'docs/service.md')
const run = promisify(execFile)

/** Where a machine has the clone, built: root's home. */
export const CLONE_INSIDE = '/root/rcron'

/** A clone of the work tree, in which the build steps of docs/service.md were carried out. Resolves to its path. */
export async function buildClone(): Promise<string> {
  const clone = await mkdtemp(join(cacheDirectory, 'clone-'))
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: repository,
  })
  const files = stdout.split('\0').filter((name) => name !== '' && existsSync(join(repository, name)))
  for (const file of files) await cp(join(repository, file), join(clone, file))
  await build(clone)
  return clone
}

async function build(clone: string): Promise<void> {
  const steps = `exec 2>&1\n${documentedSteps(page, 'service-build')}`
  const bash = spawn('bash', ['-euo', 'pipefail', '-c', steps], {
    cwd: clone,
    env: environmentOfAPerson(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await Promise.all([text(bash.stdout), once(bash, 'close')])
  if (bash.exitCode !== 0) throw new Error(`the build steps of docs/service.md ended with ${bash.exitCode}:\n${said}`)
}

export function removeClone(clone: string): Promise<void> {
  return rm(clone, { recursive: true, force: true })
}

/** Carries out the installation steps of docs/service.md on `machine`. They end with the service started. */
export async function install(machine: Machine): Promise<void> {
  await machine.run(`cd ${CLONE_INSIDE}\n${documentedSteps(page, 'service-install')}`)
}

/** What somebody who copies the steps has around them: their own Node first on PATH, and nothing of the npm that runs us. */
function environmentOfAPerson(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^NODE/i.test(name) || name === 'NODE_EXTRA_CA_CERTS',
  )
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  return { ...Object.fromEntries(kept), PATH: path.join(delimiter) }
}
