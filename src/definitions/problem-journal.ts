import { describeReported, type Problem, type ReportedProblem, reportedOf } from '../domain/problem.ts'
import type { Log } from '../platform/log/log.ts'

/** The problems of definitions that short-lived processes have reported, so that the next one need not repeat them. */
export interface ReportedProblems {
  /** Empty if nothing was kept or it cannot be read. Never rejects. */
  load(): Promise<readonly ReportedProblem[]>
  /** Called when the reports are written to the log. If it cannot keep them it logs that, and they are reported again. Never rejects. */
  keep(problems: readonly ReportedProblem[]): Promise<void>
}

/** Reports each problem of the definitions once: when it appears, and again when it has been fixed. */
export class ProblemJournal {
  readonly #log: Log
  readonly #told: ReportedProblems | null
  #known: ReadonlyMap<string, ReportedProblem> | null = null

  /** Without `told` it begins with no problem known. */
  constructor(log: Log, told: ReportedProblems | null = null) {
    this.#log = log
    this.#told = told
  }

  /** `problems` is all that is wrong now. Never rejects. */
  async record(problems: readonly Problem[]): Promise<void> {
    const known = this.#known ?? byText((await this.#told?.load()) ?? [])
    const current = byText(problems.map(reportedOf))
    const [appeared, mended] = [difference(current, known), difference(known, current)]
    for (const problem of appeared) this.#say(problem)
    for (const { subject, field } of mended) this.#log.info({ subject, field }, 'definition fixed')
    this.#known = current
    if (this.#told === null || appeared.length + mended.length === 0) return
    await this.#log.written()
    await this.#told.keep([...current.values()])
  }

  #say(problem: ReportedProblem): void {
    const { severity, subject, field, message, hint } = problem
    const fields = { subject, field, problem: message, hint }
    if (severity === 'error') this.#log.error(fields, 'cannot use definition')
    else this.#log.warn(fields, 'questionable definition')
  }
}

function byText(problems: readonly ReportedProblem[]): ReadonlyMap<string, ReportedProblem> {
  return new Map(problems.map((problem) => [describeReported(problem), problem]))
}

function difference<Told>(one: ReadonlyMap<string, Told>, other: ReadonlyMap<string, Told>): readonly Told[] {
  return [...one].filter(([text]) => !other.has(text)).map(([, problem]) => problem)
}
