import type { Command } from 'commander'
import { pageOf } from '../../src/commands/cli/manual/manual.ts'
import type { ManualPage } from '../../src/commands/cli/manual/manual-page.ts'
import { createProgram } from '../../src/commands/cli/program.ts'
import { type Edition, entry, header, paragraphs, plain, section, subsection, verbatim } from './man-text.ts'

/** A command of rcron, by the words that call it, with what its help says. */
export type DescribedCommand = {
  readonly path: readonly string[]
  readonly command: Command
  readonly page: ManualPage
}

/** Every command that does something, in the order of the help. */
export async function describedCommands(): Promise<readonly DescribedCommand[]> {
  const { stdin, stdout, stderr } = process
  // Named, so that the commands of definitions are there as well.
  const program = await createProgram(['cron'], { environment: {}, stdin, stdout, stderr }, async () => {})
  const described = (command: Command, path: readonly string[]): readonly DescribedCommand[] => {
    if (command.commands.length > 0)
      return command.commands.flatMap((below) => described(below, [...path, below.name()]))
    const page = pageOf(path)
    if (page === null) throw new Error(`${path.join(' ')} has no page in its help`)
    return [{ path, command, page }]
  }
  return described(program, ['rcron'])
}

/** rcron(1): all commands, as their help describes them. */
export async function commandPage(edition: Edition): Promise<string> {
  const whole = pageOf(['rcron'])
  if (whole === null) throw new Error('rcron has no page of its own in its help')
  const commands = await describedCommands()
  return `${[
    header('rcron', 1, edition),
    section('Name', 'rcron \\- one crontab for many machines, run over SSH'),
    section('Synopsis', ...commands.map(synopsisOf)),
    section('Description', paragraphs(whole.about)),
    section('Commands', ...commands.map(commandSection)),
    section('Settings', paragraphs((whole.notes ?? '').replace(/^Settings:\s*/, ''))),
    section('Exit status', exitsOf(whole)),
    section('Examples', ...whole.examples.map(exampleOf)),
    section('See also', '.BR rcron (5),\n.BR rcron\\-schedule (7),\n.BR rcron (8)'),
  ].join('\n')}\n`
}

function synopsisOf({ path, command }: DescribedCommand): string {
  return `.br\n.B ${plain(path.join(' '))}\n${plain(command.usage())}`
}

function commandSection({ path, command, page }: DescribedCommand): string {
  const help = command.createHelp()
  const words = path.slice(1).join(' ')
  return subsection(
    `${words} ${command.usage().replace('[options] ', '').replace('[options]', '')}`.trim(),
    paragraphs(page.about),
    ...help.visibleArguments(command).map((it) => entry(help.argumentTerm(it), help.argumentDescription(it))),
    ...help.visibleOptions(command).map((it) => entry(help.optionTerm(it), help.optionDescription(it))),
    page.notes === undefined ? '' : `.PP\n${verbatim(page.notes)}`,
    page.examples.length === 0 ? '' : '.PP\nExamples:',
    ...page.examples.map(exampleOf),
    '.PP\nExit status:',
    exitsOf(page),
  )
}

function exampleOf([line, meaning]: readonly [string, string]): string {
  return `.PP\n.RS 4\n${verbatim(line)}\n.RE${meaning === '' ? '' : `\n.RS 8\n${paragraphs(meaning)}\n.RE`}`
}

function exitsOf({ exits }: ManualPage): string {
  return [...exits, [2, 'the input cannot be used'] as const]
    .map(([status, meaning]) => entry(String(status), meaning))
    .join('\n')
}
