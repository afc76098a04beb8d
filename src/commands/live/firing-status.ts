import type { FiringAnswer } from '../../control/schemas.ts'

const REFUSED = 6
const NOT_CONFIRMED = 7
const GOES_ON = 8
const FAILED = 20

/** What a shell adds to the number of a signal that ended a program. */
const BY_SIGNAL = 128

type Outcome = FiringAnswer['outcomes'][number]

/** The exit status of a command that has started a job: the job's own, where it has one. Pure. */
export function statusOfFiring({ state, hasSucceeded, outcomes }: FiringAnswer): number {
  if (state === 'active') return GOES_ON
  if (hasSucceeded === true) return 0
  const bad = outcomes.filter(({ outcome }) => outcome !== 'succeeded')
  const last = bad.findLast(({ outcome }) => outcome !== 'skipped') ?? bad.at(-1)
  return last === undefined ? REFUSED : statusOfOutcome(last)
}

function statusOfOutcome({ outcome, exitCode, signal }: Outcome): number {
  switch (outcome) {
    case 'failed':
      return exitCode !== null && exitCode > 0 && exitCode < 256 ? exitCode : FAILED
    case 'signaled':
      return BY_SIGNAL + (SIGNALS[signal?.replace(/^SIG/, '') ?? ''] ?? 0)
    case 'skipped':
    case 'paused':
    case 'blocked':
      return REFUSED
    case 'lost':
    case null:
      return NOT_CONFIRMED
    default:
      return FAILED
  }
}

/** By their names without SIG; those by which commands end. */
const SIGNALS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  XCPU: 24,
  XFSZ: 25,
}
