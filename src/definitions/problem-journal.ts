import { describeTold, type Problem, type ToldProblem, told } from '../domain/problem.ts'
import type { Log } from '../platform/log/log.ts'

/** What was said of definitions by processes that live for a minute only, so that each of them need not say it again. */
export interface ToldProblems {
  /** Nothing where nothing was kept, or what was cannot be read. Never rejects. */
  load(): Promise<readonly ToldProblem[]>
  /** Called when they are in writing. Where it cannot keep them it says so, and they are said again. Never rejects. */
  keep(problems: readonly ToldProblem[]): Promise<void>
}

/** Says each problem of the definitions once: when it appears, and again when it has been mended. */
export class ProblemJournal {
  readonly #log: Log
  readonly #told: ToldProblems | null
  #known: ReadonlyMap<string, ToldProblem> | null = null

  /** Without `told` it begins with no problem known. */
  constructor(log: Log, told: ToldProblems | null = null) {
    this.#log = log
    this.#told = told
  }

  /** `problems` is all that is wrong now. Never rejects. */
  async record(problems: readonly Problem[]): Promise<void> {
    const known = this.#known ?? byText((await this.#told?.load()) ?? [])
    const current = byText(problems.map(told))
    const [appeared, mended] = [difference(current, known), difference(known, current)]
    for (const problem of appeared) this.#say(problem)
    for (const { subject, field } of mended) this.#log.info({ subject, field }, 'definition mended')
    this.#known = current
    if (this.#told === null || appeared.length + mended.length === 0) return
    await this.#log.written()
    await this.#told.keep([...current.values()])
  }

  #say(problem: ToldProblem): void {
    const { severity, subject, field, message, hint } = problem
    const fields = { subject, field, problem: message, hint }
    if (severity === 'error') this.#log.error(fields, 'definition cannot be used')
    else this.#log.warn(fields, 'definition may not be as meant')
  }
}

function byText(problems: readonly ToldProblem[]): ReadonlyMap<string, ToldProblem> {
  return new Map(problems.map((problem) => [describeTold(problem), problem]))
}

function difference<Told>(one: ReadonlyMap<string, Told>, other: ReadonlyMap<string, Told>): readonly Told[] {
  return [...one].filter(([text]) => !other.has(text)).map(([, problem]) => problem)
}
