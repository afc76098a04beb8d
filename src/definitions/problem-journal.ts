import { describeProblem, type Problem } from '../domain/problem.ts'
import type { Log } from '../platform/log/log.ts'

/** Says each problem of the definitions once: when it appears, and again when it has been mended. */
export class ProblemJournal {
  readonly #log: Log
  #known: ReadonlyMap<string, Problem> = new Map()

  constructor(log: Log) {
    this.#log = log
  }

  /** `problems` is all that is wrong now. */
  record(problems: readonly Problem[]): void {
    const current = new Map(problems.map((problem) => [describeProblem(problem), problem]))
    for (const [text, problem] of current) {
      if (!this.#known.has(text)) this.#say(problem)
    }
    for (const [text, problem] of this.#known) {
      if (!current.has(text)) this.#log.info({ subject: problem.subject, field: problem.field }, 'definition mended')
    }
    this.#known = current
  }

  #say(problem: Problem): void {
    const { severity, subject, field, message, hint } = problem
    const fields = { subject, field, problem: message, hint }
    if (severity === 'error') this.#log.error(fields, 'definition cannot be used')
    else this.#log.warn(fields, 'definition may not be as meant')
  }
}
