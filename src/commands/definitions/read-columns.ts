import { InvalidInputError } from '../../domain/errors.ts'
import type { Problem } from '../../domain/problem.ts'
import { type Column, optionFlag, optionKey } from './column.ts'
import { type Options, problemOfOption } from './noun.ts'

/** The columns that options set, parsed. Throws an InvalidInputError that names every bad one. */
export function readColumns(columns: readonly Column[], options: Options): Options {
  const given: Record<string, unknown> = {}
  const problems: Problem[] = []
  for (const column of columns) {
    const said = options[optionKey(column)]
    // The option of a flag may stand alone.
    const value = said === true ? '1' : said
    if (typeof value !== 'string') continue
    try {
      given[column.name] = column.parse(value)
    } catch (error) {
      const expected = error instanceof Error ? error.message : String(error)
      problems.push(problemOfOption(optionFlag(column), `found ${JSON.stringify(value)}, ${expected}`))
    }
  }
  if (problems.length > 0) throw new InvalidInputError(problems)
  return given
}
