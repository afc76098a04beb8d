import { aboutVariable, type Problem, warningAbout } from '../domain/problem.ts'
import { VARIABLE_NAMES, variable } from './variables.ts'

/** The mark that rcron gives the processes it starts; there when rcron itself is started by one of its crons. */
const RUN_MARK = 'RCRON_RUN'

/** What the variables begin with that rows may name as secrets. */
const SECRET = 'RCRON_SECRET_'

const KNOWN: readonly string[] = VARIABLE_NAMES.flatMap((name) =>
  variable(name).credential === undefined ? [name] : [name, `${name}_FILE`],
)

/** A warning for each variable that looks like one of rcron's and is not one, with the name that was probably meant. */
export function warnOfUnknown(environment: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  return Object.keys(environment)
    .filter(
      (name) =>
        name.toUpperCase().startsWith('RCRON_') &&
        name !== RUN_MARK &&
        !name.startsWith(SECRET) &&
        !KNOWN.includes(name),
    )
    .sort()
    .map((name) => warningAbout(aboutVariable(name), 'is not a variable of rcron and has no effect', meantBy(name)))
}

function meantBy(name: string): string | null {
  const nearest = nearestOf(name.toUpperCase())
  return nearest === undefined ? null : `did you mean ${nearest}?`
}

/** The known name that takes the fewest changes, if they are few. */
function nearestOf(name: string): string | undefined {
  const most = Math.max(2, Math.floor((name.length - 'RCRON_'.length) / 2))
  const ranked = KNOWN.map((known) => ({ known, distance: editDistance(name, known) }))
  ranked.sort((a, b) => a.distance - b.distance)
  return ranked.find(({ distance }) => distance <= most)?.known
}

/** How many letters must be put in, left out or changed to make `to` of `from`. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...to].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
