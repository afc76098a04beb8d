import type { CapturedOutput } from '../../domain/run.ts'
import { OutputCapture } from '../output/output-capture.ts'
import { pauseAfterSilence } from './back-off.ts'
import { captureKept, type KeptOutput } from './kept-output.ts'
import { KEPT_OUTPUT, MISSED_OUTPUT, unfetchedOutput, withNote } from './output-notes.ts'
import type { RunPollingParts } from './run-polling.ts'
import type { SupervisedIdentity } from './supervised-identity.ts'

/** What its host kept of a run's output; null where it kept nothing, or nothing was missed. */
export type Fetched = KeptOutput | 'unanswered' | null

const MOST_FETCHES = 4

/** What a run printed: what was heard of it here, or where contact was lost meanwhile what its host kept. */
export class RunOutput {
  /** What is heard. */
  readonly heard = new OutputCapture()
  readonly #parts: RunPollingParts
  readonly #subject: SupervisedIdentity

  constructor(parts: RunPollingParts, subject: SupervisedIdentity) {
    this.#parts = parts
    this.#subject = subject
  }

  /** What the host kept, until `over` aborts. Tries a few times: an outcome does not wait for long for what was printed. */
  async fetch(over: AbortSignal): Promise<Fetched> {
    const { id, access, contact } = this.#subject
    const { clock, hosts, random } = this.#parts
    for (let attempt = 0; attempt < MOST_FETCHES && !over.aborted; attempt++) {
      if (attempt > 0) await clock.sleep(pauseAfterSilence(attempt - 1, random()), over)
      const wayIn = access()
      const kept = wayIn === null ? 'unanswered' : await hosts.keptOutput(wayIn, { id, trace: contact.trace })
      if (kept !== 'unanswered') return kept
    }
    return 'unanswered'
  }

  /** All of it, with a note where some is missing. `hasBegun`: whether the command may have printed anything. */
  captured(hasBegun: boolean, kept: Fetched): CapturedOutput {
    if (kept !== null && kept !== 'unanswered') return withNote(captureKept(kept).captured(), KEPT_OUTPUT)
    const captured = this.heard.captured()
    if (!hasBegun || !this.#subject.contact.missedOutput) return captured
    return withNote(captured, kept === null ? MISSED_OUTPUT : unfetchedOutput(this.#subject.id))
  }
}
