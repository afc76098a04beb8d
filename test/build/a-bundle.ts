import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { CommandEnd } from '../support/daemon.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** What is installed: `dist/` as it is built and package.json, in a directory with nothing else around. */
export type Bundle = {
  readonly directory: string
  readonly main: string
  /** HOME and state directory of what `rcron` carries out. */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
  /** Carries `rcron …` out by the Node that runs this, or another. */
  readonly rcron: (
    args: readonly string[],
    environment?: Readonly<Record<string, string>>,
    node?: string,
  ) => Promise<CommandEnd>
}

/** Builds one; `after` removes it. */
export function aBundle(after: (clean: () => void) => void): Bundle {
  const top = mkdtempSync(join(tmpdir(), 'rcron-bundle-'))
  after(() => rmSync(top, { recursive: true, force: true }))
  const directory = join(top, 'rcron')
  const home = join(top, 'home')
  mkdirSync(home, { mode: 0o700 })
  execFileSync(process.execPath, [join(ROOT, 'build', 'main.ts'), join(directory, 'dist')], { stdio: 'pipe' })
  cpSync(join(ROOT, 'package.json'), join(directory, 'package.json'))
  const main = join(directory, 'dist', 'main.js')
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    RCRON_STATE_DIR: home,
    RCRON_DATABASE_URL: `sqlite:${home}/definitions.db`,
  }
  const rcron: Bundle['rcron'] = async (args, more = {}, node = process.execPath) => {
    const child = spawn(node, [main, ...args], {
      cwd: home,
      env: { ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const texts = Promise.all([text(child.stdout), text(child.stderr)])
    const [code] = (await once(child, 'close')) as [number | null]
    const [stdout, stderr] = await texts
    return { code, stdout, stderr }
  }
  return { directory, main, home, environment, rcron }
}
