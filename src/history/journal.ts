import { BUG } from '../domain/bug.ts'
import type { RunEvent } from '../domain/run-event.ts'
import type { Log } from '../platform/log/log.ts'

/**
 * Where everything that happens to firings and runs is noted, and nothing else: who notes an event does not know who listens.
 *
 * When `note` returns, every subscriber has had the event. What a subscriber does at once is done before its caller's next step, then: the
 * line of an end is a line so far for `Log.written()`, which the removal of a run's lock waits for, and its record is in the journal of
 * records. So a run whose process is killed is either reported or locked.
 */
export interface Journal {
  /** Never throws, never waits. */
  note(event: RunEvent): void
}

/** A subscriber of the event stream. */
export interface Subscriber {
  /** What an operator calls it. */
  readonly name: string
  /** To be quick: the caller waits. What takes time is put in a queue here, with a bound, and done beside everything else. */
  note(event: RunEvent): void
}

/** Passes each event to all subscribers, in order. One that throws harms neither the others nor whoever notes; it is reported once. */
export class SubscribedJournal implements Journal {
  readonly #log: Pick<Log, 'error'>
  readonly #subscribers: readonly Subscriber[]
  readonly #failed = new Set<Subscriber>()

  constructor(log: Pick<Log, 'error'>, subscribers: readonly Subscriber[]) {
    this.#log = log
    this.#subscribers = subscribers
  }

  note(event: RunEvent): void {
    for (const subscriber of this.#subscribers) this.#tell(subscriber, event)
  }

  #tell(subscriber: Subscriber, event: RunEvent): void {
    try {
      subscriber.note(event)
    } catch (error) {
      if (this.#failed.has(subscriber)) return
      this.#failed.add(subscriber)
      const fields = { subscriber: subscriber.name, event: event.kind, err: error }
      this.#log.error(fields, `${BUG} while noting an event; logged once`)
    }
  }
}
