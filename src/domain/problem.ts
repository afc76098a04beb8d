/** Something an operator should mend. All problems of one input are gathered and reported together. */
export type Problem = {
  /** `error`: what it names does not run. `warning`: it runs, perhaps not as meant. */
  readonly severity: 'error' | 'warning'
  /** Where: `cron 12 (backup)`, `auth 3`, `system 2 (db1)`, `RCRON_TIMEZONE`. */
  readonly subject: string
  /** The column or part at fault; null where it is the whole. */
  readonly field: string | null
  /** What was found and what was expected. Holds no secret. */
  readonly message: string
  /** What to do; null where the message says it. */
  readonly hint: string | null
}

/** One line: where, what was found, what was expected, what to do. */
export function describeProblem({ subject, field, message, hint }: Problem): string {
  const where = field === null ? subject : `${subject}, ${field}`
  return hint === null ? `${where}: ${message}` : `${where}: ${message}; ${hint}`
}
