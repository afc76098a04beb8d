import type { EventMessage, OutputMessage } from './feed-schemas.ts'

/** What a reader is told as it happens; `kind` names its form. Whoever tells several readers the same gives them the same object. */
export type FeedMessage = EventMessage | OutputMessage

/** Who reads on for as long as something goes on. */
export interface FeedReader {
  /** It has too much to take in still: more is not to be sent now. */
  readonly isBehind: boolean
  /** Never throws, never waits. `id`: from where it can go on another time. */
  send(message: FeedMessage, id?: string): void
  /** Nothing follows. */
  end(): void
}
