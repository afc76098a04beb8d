import { describeProblem, type Problem } from './problem.ts'

/** A mistake or a failure that an operator can act on. The command prints `message` and `hint`, never a stack trace. */
export class OperatorError extends Error {
  override readonly name: string = 'OperatorError'
  /** What to do about it; null if the message says it. */
  readonly hint: string | null

  constructor(message: string, hint: string | null, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Input that cannot be used, with every problem that was found in it. The command exits with `status`: 4 where what it names is not there. */
export class InvalidInputError extends OperatorError {
  override readonly name = 'InvalidInputError'
  readonly problems: readonly Problem[]
  readonly status: 2 | 4

  constructor(problems: readonly Problem[], status: 2 | 4 = 2) {
    super(problems.map(describeProblem).join('\n'), null)
    this.problems = problems
    this.status = status
  }
}

/** An OperatorError that a command answers with an exit status of its own. */
export class ExitError extends OperatorError {
  override readonly name = 'ExitError'
  readonly status: number

  constructor(status: number, message: string, hint: string | null, options?: ErrorOptions) {
    super(message, hint, options)
    this.status = status
  }
}
