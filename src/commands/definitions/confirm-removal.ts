import { ExitError, InvalidInputError } from '../../domain/errors.ts'
import { aboutWord, errorAbout, type Problem } from '../../domain/problem.ts'
import { askConfirmation, canAsk } from '../cli/confirm.ts'
import type { CommandContext } from '../cli/context.ts'
import { entriesOf, type Match } from './find-entry.ts'

/**
 * Has the removal of rows confirmed, after `show` has shown them. Where nobody is there to be asked, ids and names of one row are taken at
 * their word; rejects with an InvalidInputError for a name of several, and with an OperatorError where the answer is no.
 */
export async function confirmRemoval(
  noun: string,
  meant: readonly Match<unknown>[],
  { context, show }: { readonly context: CommandContext; readonly show: () => Promise<void> },
): Promise<void> {
  if (!canAsk(context)) {
    const several = meant.filter(({ entries }) => entries.length > 1)
    if (several.length > 0) throw new InvalidInputError(several.map((it) => severalMeant(noun, it)))
    return
  }
  await show()
  const question = entriesOf(meant).length === 1 ? 'Remove it?' : 'Remove all of them?'
  if (!(await askConfirmation(context, question))) throw new ExitError(6, 'cancelled: nothing was removed', null)
}

function severalMeant(noun: string, { reference, entries }: Match<unknown>): Problem {
  return errorAbout(
    aboutWord(reference, noun),
    `means ${entries.length} ${noun}s: ${entries.map(({ id }) => id).join(', ')}`,
    'give the ids of those to remove, or --yes for all; --dry-run shows them',
  )
}
