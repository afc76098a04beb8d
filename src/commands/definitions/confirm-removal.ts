import { InvalidInputError, OperatorError } from '../../domain/errors.ts'
import type { Problem } from '../../domain/problem.ts'
import type { CommandContext } from '../context.ts'
import type { Meant } from './find-entry.ts'

/**
 * Has it confirmed that all rows of a name are to be removed, after `show` has shown them. Where nobody is there to be asked, rejects
 * with an InvalidInputError that names their ids; where the answer is no, with an OperatorError.
 */
export async function confirmRemoval(
  noun: string,
  several: readonly Meant<unknown>[],
  { context, show }: { readonly context: CommandContext; readonly show: () => Promise<void> },
): Promise<void> {
  if (!context.stdin.isTTY) throw new InvalidInputError(several.map((meant) => severalMeant(noun, meant)))
  await show()
  const { confirm, isCancel } = await import('@clack/prompts')
  const message = `Remove all of them?`
  const answer = await confirm({ message, initialValue: false, input: context.stdin, output: context.stderr })
  if (isCancel(answer) || !answer) throw new OperatorError('cancelled: nothing was removed', null)
}

function severalMeant(noun: string, { reference, entries }: Meant<unknown>): Problem {
  return {
    severity: 'error',
    subject: `${noun} ${JSON.stringify(reference)}`,
    field: null,
    message: `means ${entries.length} ${noun}s: ${entries.map(({ id }) => id).join(', ')}`,
    hint: 'give the ids of those that are to go, or --yes for all; --dry-run shows them',
  }
}
