import { addMinutes, describeMinute, type Minute, minuteOf } from '../../src/domain/minute.ts'
import { ChaosTick } from './chaos-tick.ts'
import type { ProcessNumbers } from './rcron-process.ts'

/** Minutes that ticks by hand fire: each of them another one, and none that a daemon plans. */
const FIRST_BY_HAND = minuteOf(Date.parse('2029-06-01T00:00:00Z'))

/** A firing that was asked for at `at`, in a minute of its own; `until`: when its process ended, or infinity. */
export type TickByHand = { readonly job: string; readonly minute: Minute; readonly at: number; readonly until: number }

/** What a tick says where it has nothing to be ashamed of: a daemon, or another tick, was there before it. */
const REFUSAL = /an rcron daemon uses it|another rcron process has held this lock/

/** The ticks of a chaos run, beside its daemon and in its stead. */
export class ChaosTicks {
  readonly #numbers: ProcessNumbers
  readonly #environment: Readonly<Record<string, string>>
  readonly #ticks: ChaosTick[] = []
  readonly #byHand: (Omit<TickByHand, 'until'> & { readonly tick: ChaosTick })[] = []

  constructor(numbers: ProcessNumbers, environment: Readonly<Record<string, string>>) {
    this.#numbers = numbers
    this.#environment = environment
  }

  get all(): readonly ChaosTick[] {
    return this.#ticks
  }

  /** Which jobs were fired by hand, and when, by the machine's clock. */
  get byHand(): readonly TickByHand[] {
    return this.#byHand.map(({ tick, ...asked }) => ({ ...asked, until: tick.endedAt ?? Number.POSITIVE_INFINITY }))
  }

  /** Plans what a daemon would plan; refuses where there is one. */
  plan(): ChaosTick {
    return this.#start([])
  }

  /** Fires `job` in a minute that nothing else fires it in. */
  fire(job: string): ChaosTick {
    const minute = addMinutes(FIRST_BY_HAND, this.#byHand.length)
    const at = Date.now()
    const tick = this.#start(['--at', describeMinute(minute), job])
    this.#byHand.push({ job, minute, at, tick })
    return tick
  }

  /** What a tick printed that it should not have. */
  get wrongs(): readonly string[] {
    return this.#ticks.flatMap(({ number, noise }) => {
      const text = noise.join('\n')
      return text === '' || REFUSAL.test(text) ? [] : [`tick ${number} printed: ${text.slice(0, 1000)}`]
    })
  }

  /** Resolves when all have ended by themselves; with those that have not after `deadlineMs`. */
  async ended(deadlineMs: number): Promise<readonly ChaosTick[]> {
    const late = new AbortController()
    const running = new Set(this.#ticks)
    const all = Promise.all(this.#ticks.map((tick) => tick.exited.then(() => running.delete(tick))))
    const timer = setTimeout(() => late.abort(), deadlineMs)
    await Promise.race([all, new Promise((resolve) => late.signal.addEventListener('abort', resolve))])
    clearTimeout(timer)
    return [...running]
  }

  async kill(): Promise<void> {
    await Promise.all(this.#ticks.map((tick) => tick.kill()))
  }

  #start(words: readonly string[]): ChaosTick {
    const tick = new ChaosTick({ number: this.#numbers.take(), words, environment: this.#environment })
    this.#ticks.push(tick)
    return tick
  }
}
