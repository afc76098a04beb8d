import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { cacheDirectory } from './cache-directory.ts'
import { eventually } from './eventually.ts'

/** The Debian releases that provide-container.sh fetches, by the systemd that each of them boots. */
export type Release = 'bookworm' | 'trixie'

export type Finished = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

const BOOT_DEADLINE_MS = 60_000
const SAID_MAX = 4096

/**
 * A machine of its own with a real systemd, booted in a container from a release's tree.
 *
 * What it writes is kept in memory and gone when it is powered off, and its network is a loopback that nobody shares.
 * It ends with this process, whatever ends that.
 */
export class Machine {
  readonly #nspawn: ChildProcess
  readonly #leader: number

  private constructor(nspawn: ChildProcess, leader: number) {
    this.#nspawn = nspawn
    this.#leader = leader
  }

  /** Boots `release`, with each of `mounts` (path inside → path here) there to be read. */
  static async boot(release: Release, mounts: Readonly<Record<string, string>> = {}): Promise<Machine> {
    const nspawn = spawn('setpriv', ['--pdeathsig', 'TERM', 'systemd-nspawn', ...nspawnOptions(release, mounts)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    })
    let said = ''
    nspawn.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-SAID_MAX)
    })
    const leader = await eventually(
      `a container of Debian ${release} starts`,
      () => {
        if (nspawn.exitCode !== null)
          throw new Error(`systemd-nspawn ended with exit status ${nspawn.exitCode}: ${said}`)
        return leaderOf(nspawn)
      },
      BOOT_DEADLINE_MS,
    )
    const machine = new Machine(nspawn, leader)
    await eventually(
      `Debian ${release} has booted`,
      async () => /^(running|degraded)/.test((await machine.attempt('systemctl is-system-running')).stdout),
      BOOT_DEADLINE_MS,
    )
    return machine
  }

  /** Runs `script` by the machine's bash as its root, and resolves to how it ended. */
  async attempt(script: string, input = ''): Promise<Finished> {
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd']
    const shell = ['bash', '--norc', '-euo', 'pipefail', '-c', script]
    const child = spawn('nsenter', [`--target=${this.#leader}`, ...namespaces, '--', ...shell], {
      // Without a terminal of its own, systemctl asks nobody anything, and cannot be stopped by one.
      detached: true,
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8', HOME: '/root' },
    })
    child.stdin.on('error', () => {}) // A script need not read what it is offered.
    child.stdin.end(input)
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { status: child.exitCode, stdout, stderr }
  }

  /** The same for what must succeed: resolves to standard output without its last line end. */
  async run(script: string, input = ''): Promise<string> {
    const { status, stdout, stderr } = await this.attempt(script, input)
    if (status !== 0) throw new Error(`exit status ${status} from:\n${script}\n${stdout}${stderr}`)
    return stdout.trimEnd()
  }

  async powerOff(): Promise<void> {
    if (this.#nspawn.exitCode !== null || this.#nspawn.signalCode !== null) return
    const ended = once(this.#nspawn, 'exit')
    this.#nspawn.kill('SIGTERM')
    const impatience = setTimeout(() => this.#nspawn.kill('SIGKILL'), 20_000)
    await ended
    clearTimeout(impatience)
  }
}

function nspawnOptions(release: Release, mounts: Readonly<Record<string, string>>): string[] {
  return [
    '--quiet',
    '--boot',
    `--directory=${join(cacheDirectory, release)}`,
    '--volatile=overlay',
    '--private-network',
    '--register=no',
    '--keep-unit',
    `--machine=rcron-${release}-${process.pid}`,
    '--resolv-conf=off',
    '--console=pipe',
    ...Object.entries(mounts).map(([inside, outside]) => `--bind-ro=${outside}:${inside}`),
  ]
}

/** The process that is number 1 inside: nspawn's first child is only on the way there, and ends. */
function leaderOf(nspawn: ChildProcess): number | undefined {
  const children = readFileSync(`/proc/${nspawn.pid}/task/${nspawn.pid}/children`, 'utf8').split(' ')
  return children.map(Number).find((pid) => pid !== 0 && isFirstInside(pid))
}

function isFirstInside(pid: number): boolean {
  try {
    return /^NSpid:(?:\t\d+)*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false // It has ended meanwhile.
  }
}
