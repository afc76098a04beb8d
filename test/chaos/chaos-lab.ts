import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../support/wait-until.ts'
import { ChaosDaemon } from './chaos-daemon.ts'
import { ChaosDisk } from './chaos-disk.ts'
import { ChaosHost } from './chaos-host.ts'
import { ChaosTicks } from './chaos-ticks.ts'
import { FastClock } from './fast-clock.ts'
import { GhostWatch } from './ghost-watch.ts'
import { readHostJournal } from './host-journal.ts'
import { defineJobs } from './jobs.ts'
import { inOrder, ProcessNumbers, type TaleEvent } from './rcron-process.ts'
import { killLeftovers } from './run-processes.ts'
import { readStoredCrons, type StoredCron } from './stored-crons.ts'

const HOSTS = 4
/** When the daemons believe to live: the same for all chaos runs, so that a seed gives its runs the same ids. */
const BEGINNING = Date.parse('2030-01-07T06:00:00Z')

/** Hosts, an installation and its daemons. Nothing of it is left when it is disposed of. */
export class ChaosLab implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'rcron-chaos-'))
  readonly journal = join(this.directory, 'journal')
  readonly hosts: readonly ChaosHost[]
  readonly clock: FastClock
  readonly disk: ChaosDisk
  readonly daemon: ChaosDaemon
  readonly ticks: ChaosTicks
  readonly ghosts: GhostWatch
  /** When the crons were first disabled, by the machine's clock; null where they never were. */
  disabledAt: number | null = null

  static async start(installation: string): Promise<ChaosLab> {
    const hosts = await Promise.all(Array.from({ length: HOSTS }, () => ChaosHost.start()))
    const lab = new ChaosLab(hosts)
    writeFileSync(join(lab.disk.directory, 'installation-id'), `${installation}\n`, { mode: 0o600 })
    await defineJobs(lab.#database, hosts, lab.journal)
    return lab
  }

  private constructor(hosts: readonly ChaosHost[]) {
    this.hosts = hosts
    this.clock = new FastClock(this.directory, BEGINNING)
    this.disk = new ChaosDisk(join(this.directory, 'state'))
    const environment = {
      HOME: this.directory,
      RCRON_STATE_DIR: this.disk.directory,
      RCRON_DATABASE_URL: `sqlite:${this.#database}`,
      RCRON_TIMEZONE: 'UTC',
      RCRON_DRAIN_SECONDS: '1',
      ...this.clock.environment,
    }
    const numbers = new ProcessNumbers()
    this.daemon = new ChaosDaemon(numbers, environment)
    this.ticks = new ChaosTicks(numbers, environment)
    this.ghosts = new GhostWatch(() => this.log)
  }

  /** What all processes of rcron have said so far, in order. */
  get log(): readonly TaleEvent[] {
    return inOrder([...this.daemon.processes, ...this.ticks.all])
  }

  /** Whether crons are due at all. Resolves when the daemon has read it. */
  async enable(isEnabled: boolean): Promise<void> {
    if (!isEnabled) this.disabledAt ??= Date.now()
    using connection = new DatabaseSync(this.#database, { timeout: 5_000 })
    connection.exec(`UPDATE rcron_crons SET enabled = ${isEnabled ? 1 : 0}`)
    // The first may be answered by a reading that had begun before.
    await this.#reload()
    await this.#reload()
  }

  /** Resolves with true when no run has a lock any more, with false after `deadlineMs`. */
  async isIdle(deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs
    let calm = 0
    while (performance.now() < deadline) {
      calm = this.locks().length === 0 ? calm + 1 : 0
      if (calm > 5) return true
      await pause(250)
    }
    return false
  }

  /** The crons' rows as they are now. */
  rows(): readonly StoredCron[] {
    return readStoredCrons(this.#database, (told) => this.clock.machineTimeOf(told))
  }

  /** Names of the lock files. */
  locks(): readonly string[] {
    const directory = join(this.disk.directory, 'locks')
    return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.rcron')) : []
  }

  /** Writes the log, with which process and the machine's time, and the hosts' journal. */
  keep(directory: string): void {
    mkdirSync(directory, { recursive: true })
    if (existsSync(this.journal)) copyFileSync(this.journal, join(directory, 'journal'))
    const lines = this.log.map(({ teller, event }) => {
      const at = this.clock.machineTimeOf(Date.parse(String(event['time']))) / 1000
      return `${at.toFixed(3)} ${teller} ${JSON.stringify(event)}\n`
    })
    writeFileSync(join(directory, 'log'), lines.join(''))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ghosts.stop()
    await Promise.all([this.daemon.kill(), this.ticks.kill()])
    await Promise.all(this.hosts.map((host) => host.stop()))
    const told = this.log.flatMap(({ event: { run } }) => (typeof run === 'string' ? [run] : []))
    const ids = new Set([...told, ...readHostJournal(this.journal).keys()])
    await killLeftovers(ids)
    this.disk.unmount()
    rmSync(this.directory, { recursive: true, force: true })
  }

  get #database(): string {
    return join(this.directory, 'definitions.db')
  }

  async #reload(): Promise<void> {
    const { current } = this.daemon
    if (current === null) throw new Error('there is no daemon to reload')
    await current.tells(/READY=1/, 30_000)
    const readies = () => current.notified.split('READY=1').length
    const before = readies()
    current.signal('SIGHUP')
    await until('the daemon has reloaded', () => readies() > before, 30_000)
  }
}
