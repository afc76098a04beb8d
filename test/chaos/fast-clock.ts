import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aFakeClock } from '../daemon/lab.ts'

const MS_PER_MINUTE = 60_000

/** The daemons' clock: it goes as fast as the machine's, and now and then leaps to the next minute. Timers are not touched by that. */
export class FastClock {
  readonly environment: Readonly<Record<string, string>>
  readonly #path: string
  readonly #leaps: { readonly at: number; readonly aheadMs: number }[] = []
  #aheadMs: number

  /** Starts 5 s into the minute that holds `instant`. */
  constructor(state: string, instant: number) {
    this.environment = aFakeClock({ state }, 0).environment
    this.#path = join(state, 'clock')
    this.#aheadMs = Math.floor(instant / MS_PER_MINUTE) * MS_PER_MINUTE + 5_000 - Date.now()
    this.#write()
  }

  get leaps(): number {
    return this.#leaps.length - 1
  }

  now(): number {
    return Date.now() + this.#aheadMs
  }

  leap(): void {
    this.#aheadMs += MS_PER_MINUTE
    this.#write()
  }

  /** To the beginning of the next minute, so that the one after it is a whole minute away. */
  leapToNextMinute(): void {
    this.#aheadMs += MS_PER_MINUTE - (this.now() % MS_PER_MINUTE)
    this.#write()
  }

  /** When, by the machine's clock, this one had first come to `told`; within a few milliseconds. */
  machineTimeOf(told: number): number {
    let machineTime = Number.POSITIVE_INFINITY
    for (const { at, aheadMs } of this.#leaps.toReversed()) {
      const reached = Math.max(at, told - aheadMs)
      if (reached <= machineTime) machineTime = reached
      if (at + aheadMs < told) break
    }
    return machineTime
  }

  /** libfaketime leaves its shared memory behind where the process that it was loaded into became another one, or was killed. */
  static sweep(pid: number): void {
    for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`])
      rmSync(join('/dev/shm', name), { force: true })
  }

  /** In one step: the daemon reads the file at every look at the clock. */
  #write(): void {
    this.#leaps.push({ at: Date.now(), aheadMs: this.#aheadMs })
    const text = `${this.#aheadMs < 0 ? '-' : '+'}${Math.abs(this.#aheadMs) / 1000}\n`
    writeFileSync(`${this.#path}.new`, text)
    renameSync(`${this.#path}.new`, this.#path)
  }
}
