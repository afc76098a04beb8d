import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../support/free-port.ts'

/** A dropbear of this machine, with a host key of its own. It lets in by the authorized_keys of each account. */
export type Dropbear = { readonly port: number; readonly stop: () => Promise<void> }

export async function startDropbear(): Promise<Dropbear> {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-dropbear-'))
  const hostKey = join(directory, 'host_key')
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', hostKey], { stdio: 'pipe' })
  for (;;) {
    const port = await freePort()
    const child = await listening(port, hostKey)
    if (child === null) continue
    return {
      port,
      stop: async () => {
        const ended = once(child, 'exit')
        if (child.exitCode === null && child.kill('SIGTERM')) await ended
        rmSync(directory, { recursive: true, force: true })
      },
    }
  }
}

/** Null where another process has taken the port. */
async function listening(port: number, hostKey: string): Promise<ChildProcess | null> {
  const command = ['dropbear', '-F', '-E', '-m', '-r', hostKey, '-p', `127.0.0.1:${port}`, '-P', `${hostKey}.pid`]
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exited = once(child, 'exit').then(() => true)
  while (!said.includes('Not backgrounding')) {
    if (await Promise.race([exited, once(child.stderr, 'data').then(() => false)])) break
  }
  if (said.includes('Address already in use')) {
    child.kill('SIGKILL')
    return null
  }
  if (child.exitCode !== null) throw new Error(`dropbear ended instead of listening:\n${said}`)
  return child
}
