import { execFile } from 'node:child_process'
import { write } from 'node:fs'
import { cutText, escapeText } from '../platform/log/escape-text.ts'
import type { Log } from '../platform/log/log.ts'
import type { SystemdEnvironment } from './systemd-environment.ts'

const PROGRAM_DEADLINE_MS = 5_000
const MAX_STATUS = 500
const NS_PER_US = 1_000n

/**
 * Speaks to systemd, through a descriptor that the unit has opened, else through the program `systemd-notify`: Node has no datagram
 * sockets of its own. One message is under way at a time, so that a stuck receiver costs nothing; what waits meanwhile is joined,
 * the newest value of each name. Nothing here throws or delays the caller; without a socket nothing happens.
 */
export class SystemdNotifier {
  readonly watchdogIntervalMs: number | null
  readonly #environment: SystemdEnvironment
  readonly #log: Log
  readonly #waiting = new Map<string, string>()
  #sending = false
  #failed = false

  constructor(environment: SystemdEnvironment, log: Log) {
    this.#environment = environment
    this.#log = log
    this.watchdogIntervalMs = environment.watchdogIntervalMs
  }

  ready(): void {
    this.#send({ READY: '1' })
  }

  reloading(): void {
    this.#send({ RELOADING: '1', MONOTONIC_USEC: String(process.hrtime.bigint() / NS_PER_US) })
  }

  stopping(): void {
    this.#send({ STOPPING: '1' })
  }

  status(text: string): void {
    this.#send({ STATUS: cutText(escapeText(text), MAX_STATUS) })
  }

  watchdog(): void {
    this.#send({ WATCHDOG: '1' })
  }

  #send(message: Readonly<Record<string, string>>): void {
    if (this.#environment.notifySocket === null) return
    // READY ends RELOADING: the two in one message would contradict each other.
    if ('READY' in message) this.#drop('RELOADING', 'MONOTONIC_USEC')
    if ('RELOADING' in message) this.#drop('READY')
    for (const [name, value] of Object.entries(message)) this.#waiting.set(name, value)
    this.#sendNext()
  }

  #drop(...names: readonly string[]): void {
    for (const name of names) this.#waiting.delete(name)
  }

  #sendNext(): void {
    if (this.#sending || this.#waiting.size === 0) return
    const lines = Array.from(this.#waiting, ([name, value]) => `${name}=${value}`)
    this.#waiting.clear()
    this.#sending = true
    this.#transmit(lines, (error) => {
      this.#sending = false
      this.#report(error)
      this.#sendNext()
    })
  }

  #transmit(lines: readonly string[], done: (error: Error | null) => void): void {
    const { notifyDescriptor, notifySocket } = this.#environment
    if (notifyDescriptor !== null) {
      write(notifyDescriptor, lines.join('\n'), done)
      return
    }
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', NOTIFY_SOCKET: notifySocket ?? '' }
    const child = execFile(
      'systemd-notify',
      [...lines],
      { timeout: PROGRAM_DEADLINE_MS, killSignal: 'SIGKILL', env },
      done,
    )
    child.unref()
  }

  /** Once for a failure that lasts. */
  #report(error: Error | null): void {
    if (error !== null && !this.#failed) this.#log.warn({ reason: error.message }, 'cannot notify systemd')
    this.#failed = error !== null
  }
}
