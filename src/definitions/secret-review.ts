import { BUG } from '../domain/bug.ts'
import type { Problem } from '../domain/problem.ts'
import type { AuthRow } from '../domain/rows.ts'
import type { Log } from '../platform/log/log.ts'
import { yieldToOthers } from '../platform/waiting/yielding.ts'
import { ProblemJournal, type ReportedProblems } from './problem-journal.ts'

/** What secrets are judged by, and who is told. */
export type SecretReviewParts = {
  readonly log: Log
  readonly judgeSecret: (auth: AuthRow) => Promise<readonly Problem[]>
  /** What earlier processes have reported, if that counts. */
  readonly toldProblems?: ReportedProblems
}

/**
 * Judges the secrets of each reading beside everything else, one at a time: an encrypted key takes a fifth of a second to open, and is
 * open then before its first minute. What is wrong with them is reported together with the reading's other problems, so that each is reported once.
 */
export class SecretReview {
  readonly #parts: SecretReviewParts
  readonly #journal: ProblemJournal
  #newest = 0
  #told: Promise<void> = Promise.resolve()

  constructor(parts: SecretReviewParts) {
    this.#parts = parts
    this.#journal = new ProblemJournal(parts.log, parts.toldProblems)
  }

  /** Of two readings that overlap, only the newer one is reported. `found`: what else is wrong with the reading. */
  begin(auths: readonly AuthRow[], found: readonly Problem[]): void {
    this.#newest += 1
    this.#told = this.#carryOut(this.#newest, auths, found)
  }

  /** Resolves when what is wrong with the newest reading is reported. */
  async told(): Promise<void> {
    await this.#told
  }

  async #carryOut(number: number, auths: readonly AuthRow[], found: readonly Problem[]): Promise<void> {
    const problems: Problem[] = [...found]
    for (const auth of auths) {
      if (number !== this.#newest) return
      problems.push(...(await this.#judge(auth)))
      await yieldToOthers()
    }
    if (number === this.#newest) await this.#journal.record(problems)
  }

  async #judge(auth: AuthRow): Promise<readonly Problem[]> {
    try {
      return await this.#parts.judgeSecret(auth)
    } catch (error) {
      this.#parts.log.error({ subject: `auth ${auth.id}`, err: error }, `${BUG} while judging a secret`)
      return []
    }
  }
}
