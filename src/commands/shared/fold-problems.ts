import { type About, type Problem, type ReportedProblem, reportedOf } from '../../domain/problem.ts'
import { foldedNames } from './folded-names.ts'

/** Each finding once, in the order of the first of each: what it is about names the first few, and counts the rest. */
export function foldProblems(problems: readonly Problem[]): readonly ReportedProblem[] {
  const alike = Map.groupBy(problems, (problem) => JSON.stringify(findingOf(problem)))
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return []
    if (others.length === 0) return [reportedOf(first)]
    const subjects = [first, ...others].map((problem) => reportedOf(problem).subject)
    return [{ ...reportedOf(first), ...findingOf(first), subject: foldedNames(subjects) }]
  })
}

/** What is the same of equal findings. A command that mends one row stands there as for any of them. */
function findingOf({
  severity,
  about,
  field,
  message,
  hint,
}: Problem): Omit<Problem, 'about'> & { readonly kind: string } {
  const forAny = (text: string) => withoutId(text, about)
  return { severity, kind: about.kind, field, message: forAny(message), hint: hint === null ? null : forAny(hint) }
}

function withoutId(text: string, about: About): string {
  if (!('id' in about)) return text
  return text.replace(/\brcron (?<noun>auth|system|cron) (?<verb>\w+) (?<id>\d+)/g, (command, noun, verb, id) =>
    id === String(about.id) && noun === about.kind ? `rcron ${noun} ${verb} ID` : command,
  )
}
