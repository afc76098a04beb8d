/** What each exit status means, whichever command ends with it. */
export const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'done; well; nothing found'],
  [1, 'an operation or a run failed'],
  [2, 'the input cannot be used; nothing was done'],
  [3, 'no daemon runs, or it does not answer'],
  [4, 'there is no such job, run, row or host'],
  [5, 'you may not: the socket is not for you'],
  [
    6,
    'refused by a rule: a run of the job is active, it is paused, a row was changed meanwhile, or the daemon is stopping',
  ],
  [7, 'not confirmed: a run may be alive, or its end is not known'],
  [8, 'what was waited for still goes on'],
  [10, 'found something: the daemon is not well, definitions have errors, logins do not work'],
  [20, 'run --wait: the job ended badly without an exit status of its own'],
  [130, 'interrupted; what was started goes on'],
]

/** The page of `rcron help exit-codes`. */
export function describeExitCodes(): string {
  const lines = EXIT_CODES.map(([status, meaning]) => `  ${String(status).padEnd(3)}  ${meaning}`)
  return [
    'Exit status of every command:',
    '',
    ...lines,
    '',
    'run --wait ends with the status of the job itself.',
    '',
  ].join('\n')
}
