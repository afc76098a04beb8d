import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log/log.ts'

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR

/** What an outage of the store is measured by. */
export type OutageParts = {
  readonly clock: Clock
  readonly log: Log
  /** How often the age of the definitions is logged. Milliseconds. */
  readonly staleAfterMs: () => number
  /** The age from which definitions are not used. Milliseconds; null if there is none. */
  readonly maxAgeMs: () => number | null
}

/** The definitions in use while the store is away. */
export type AgeingDefinitions = {
  readonly from: 'store' | 'cache'
  /** Epoch milliseconds at which the store had them. */
  readonly readAt: number
  /** How many crons are enabled. */
  readonly enabled: number
}

/** Reports the course of a store outage: its age at the pace of refreshes, and an alarm for each day of it. */
export class Outage {
  readonly #parts: OutageParts
  /** By the monotonic clock; null while the store answers. */
  #saidAt: number | null = null
  /** By the machine's clock; null while the store answers. */
  #since: number | null = null
  #alarmedDays = 0
  #isEndTold = false

  constructor(parts: OutageParts) {
    this.#parts = parts
  }

  /** The store answers. */
  end(): void {
    this.#saidAt = null
    this.#since = null
    this.#alarmedDays = 0
    this.#isEndTold = false
  }

  /** Whether definitions that the store had at `readAt` are too old to be used. */
  isTooOld(readAt: number): boolean {
    const { clock, maxAgeMs } = this.#parts
    const mostMs = maxAgeMs()
    return mostMs !== null && clock.now() - readAt > mostMs
  }

  /** To be called at each attempt to read the store that fails; null if there are no definitions. */
  goesOn(definitions: AgeingDefinitions | null): void {
    const { clock } = this.#parts
    this.#since ??= clock.now()
    const isTooOld = definitions !== null && this.isTooOld(definitions.readAt)
    if (definitions !== null && isTooOld) this.#tellEnd(definitions)
    this.#alarm(definitions?.readAt ?? this.#since, definitions !== null && !isTooOld)
    if (!this.#isTimeToSay()) return
    if (definitions === null) {
      this.#parts.log.error({}, 'cannot read the store or a cache; nothing runs until one can be read')
    } else if (!isTooOld) {
      const ageMinutes = Math.round((clock.now() - definitions.readAt) / 60_000)
      const fields = { ageMinutes, from: definitions.from }
      this.#parts.log.warn(fields, 'store unavailable; using the last good definitions')
    }
  }

  /** Once. */
  #tellEnd({ from, readAt, enabled }: AgeingDefinitions): void {
    if (this.#isEndTold) return
    this.#isEndTold = true
    const { clock, log, maxAgeMs } = this.#parts
    const fields = { crons: enabled, from, ageHours: hours(clock.now() - readAt), maxAgeHours: hours(maxAgeMs() ?? 0) }
    log.alarm(
      fields,
      'definitions are older than RCRON_CACHE_MAX_AGE_HOURS; nothing runs until the store answers, and what is due is then reported as missed',
    )
  }

  /** From the first day on, once a day. */
  #alarm(since: number, isRunning: boolean): void {
    const { clock, log } = this.#parts
    const days = Math.floor((clock.now() - since) / MS_PER_DAY)
    if (days <= this.#alarmedDays) return
    this.#alarmedDays = days
    const what = isRunning ? 'later changes are not in force' : 'nothing runs'
    log.alarm({ ageHours: hours(clock.now() - since) }, `the store has been unavailable for a day or longer; ${what}`)
  }

  /** Once at the beginning of an outage, then as often as definitions would have been read. */
  #isTimeToSay(): boolean {
    const { clock, staleAfterMs } = this.#parts
    const now = clock.monotonic()
    if (this.#saidAt !== null && now - this.#saidAt < staleAfterMs()) return false
    this.#saidAt = now
    return true
  }
}

function hours(ms: number): number {
  return Math.floor(ms / MS_PER_HOUR)
}
