import { describeOutcome, type Outcome } from '../../domain/outcome.ts'
import type { RunId } from '../../domain/run.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import type { Subscriber } from '../../history/journal.ts'
import { keepNewest } from '../../platform/bounded-map.ts'

const MOST = 1_000

/** How the runs ended that ended last: for those who ask for one that is active no more. */
export class EndedRuns implements Subscriber {
  readonly name = 'ended runs'
  readonly #ended = new Map<RunId, Outcome>()

  note(event: RunEvent): void {
    if (event.kind === 'ended') keepNewest(this.#ended, event.run.id, event.result.outcome, MOST)
    else if (event.kind === 'not-run' && event.run.id !== null)
      keepNewest(this.#ended, event.run.id, event.outcome, MOST)
  }

  /** In words; null if it has not ended, or too long ago. */
  describe(id: RunId): string | null {
    const outcome = this.#ended.get(id)
    return outcome === undefined ? null : describeOutcome(outcome)
  }

  /** Ids that begin so. */
  beginningWith(prefix: string): readonly RunId[] {
    return [...this.#ended.keys()].filter((id) => id.startsWith(prefix))
  }
}
