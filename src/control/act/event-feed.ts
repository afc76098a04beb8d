import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../../domain/run-event.ts'
import type { Subscriber } from '../../history/journal.ts'
import type { FeedReader } from '../feed.ts'
import type { EventMessage, ToldEvent } from '../feed-schemas.ts'
import { toldEvent } from './told-event.ts'

/** So many events can be told again to who comes back. */
const MOST = 1_000

type Gap = Extract<EventMessage, { readonly kind: 'gap' }>

/**
 * Tells readers what happens to firings and runs. Each event has an id, after which a reader can go on another time; where what came since is
 * not known any more that is said. A reader that is too slow is told so and let go: nobody waits for it.
 */
export class EventFeed implements Subscriber {
  readonly name = 'event feed'
  /** Tells ids of this process from those of others. */
  readonly #process = randomBytes(4).toString('hex')
  readonly #readers = new Set<FeedReader>()
  readonly #kept: ToldEvent[] = []
  #last = 0

  note(event: RunEvent): void {
    const told = toldEvent(event)
    this.#kept.push(told)
    if (this.#kept.length > MOST) this.#kept.shift()
    this.#last += 1
    for (const reader of this.#readers) this.#tell(reader, told)
  }

  /** `after`: the id of the last event that the reader has; null: from now on. */
  follow(after: string | null, reader: FeedReader): Disposable {
    for (const [message, id] of this.#since(after)) reader.send(message, id)
    this.#readers.add(reader)
    return { [Symbol.dispose]: () => this.#readers.delete(reader) }
  }

  #tell(reader: FeedReader, told: ToldEvent): void {
    if (!reader.isBehind) {
      reader.send(told, this.#idOf(this.#last))
      return
    }
    this.#readers.delete(reader)
    reader.send({ kind: 'gap', missed: null, reason: 'too-slow' } satisfies Gap)
    reader.end()
  }

  *#since(after: string | null): Generator<readonly [EventMessage, string]> {
    if (after === null) return
    const [process, number = ''] = after.split('-')
    const oldest = this.#last - this.#kept.length
    const isOurs = process === this.#process && /^\d{1,15}$/.test(number) && Number(number) <= this.#last
    const from = isOurs ? Math.max(Number(number), oldest) : oldest
    const gap = { kind: 'gap', reason: isOurs ? 'too-old' : 'other-daemon' } as const
    const missed = isOurs ? from - Number(number) : null
    if (missed !== 0) yield [{ ...gap, missed }, this.#idOf(from)]
    for (const [at, told] of this.#kept.slice(from - oldest).entries()) yield [told, this.#idOf(from + at + 1)]
  }

  #idOf(number: number): string {
    return `${this.#process}-${number}`
  }
}
