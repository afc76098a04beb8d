import { loadSettings } from '../../app/settings.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { changePauses } from './change-pauses.ts'

/** Ends pauses: those of exactly what the words name, or by their ids. */
export async function resume(
  context: CommandContext,
  words: readonly string[],
  { all = false, json }: { readonly all?: boolean; readonly json?: boolean },
): Promise<ExitCode> {
  if (words.length === 0 && !all) {
    const hint = '"rcron pause" lists what is paused'
    throw new InvalidInputError([errorAbout(aboutOption('rcron resume'), 'nothing to resume was given', hint)])
  }
  const settings = await loadSettings(context.environment)
  const { items, when } = await changePauses(context, settings, {
    path: '/resumptions',
    order: { of: [...words], isAll: all },
  })
  const output = new Output(context)
  if (json === true) output.json({ schema: 'rcron.resume.v1', items })
  else {
    for (const { of } of items) output.line(`resumed ${of}`)
    output.note(when)
  }
  return 0
}
