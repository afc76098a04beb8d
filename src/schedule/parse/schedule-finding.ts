import type { Problem } from '../../domain/problem.ts'

/** A problem of a schedule, before it is known whose schedule it is. */
export type ScheduleFinding = Omit<Problem, 'about'>

const LONGEST_QUOTE = 80

/** Text as it stands in a message: in quotes, control characters escaped, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text)
}
