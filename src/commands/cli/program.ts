import { Command, CommanderError } from 'commander'
import { escapeText } from '../../platform/log/escape-text.ts'
import { installedVersion } from '../../platform/version.ts'
import { addRunningCommands, addSettingCommands, addTryingCommands } from './add-commands.ts'
import { addHistoryCommands } from './add-history-commands.ts'
import { addLookingCommands, addSteeringCommands } from './add-live-commands.ts'
import { addLookCommands } from './add-look-commands.ts'
import { AnswerStream } from './answer-stream.ts'
import { type CommandContext, type ExitCode, type Run, runCommand } from './context.ts'
import { describeExitCodes } from './exit-codes.ts'
import { addManual } from './manual/manual.ts'
import { isNoun, NOUN_SUMMARIES } from './noun-summaries.ts'

/** Parses `argv` (without node and script), carries the command out, and resolves to the exit status when all of its output is read. Never rejects. */
export async function runProgram(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const answers = new AnswerStream(context.stdout, context.stderr)
  const status = await carryOut(argv, context)
  await answers.flushed()
  if (answers.failure === null) return status
  context.stderr.write(`rcron: cannot write to standard output: ${answers.failure}\n`)
  await answers.flushed()
  return 1
}

async function carryOut(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  let status: ExitCode = 0
  const isJson = argv.includes('--json')
  const run: Run = async (work) => {
    status = await runCommand(context, work, isJson)
  }
  try {
    const program = await createProgram(argv, context, run)
    if (argv.length === 0) await run(async () => (await import('../live/overview.ts')).overview(context))
    else if (argv[0] === 'help' && argv[1] === 'exit-codes') context.stdout.write(describeExitCodes())
    else await program.parseAsync([...withoutHelpOfNothing(program, helpAsOption(argv))], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    return await runCommand(context, () => Promise.reject(error), isJson)
  }
}

/** A mistake of the command line quotes the word that is wrong; the line beneath it, which names a command or an option, is rcron's own. */
function escapeMistake(text: string): string {
  const [, said = '', suggestion = ''] = /^([\s\S]*?)(\n\(Did you mean [^\n]*\))?\n$/.exec(text) ?? [text, text]
  return `${escapeText(said)}${suggestion}\n`
}

/** What a mistake of the command line is with --json. */
function mistakeEnvelope(text: string): string {
  const message = escapeMistake(text)
    .replace(/^error: /, '')
    .trim()
  return `${JSON.stringify({ error: { code: 'INVALID', message, hint: null } })}\n`
}

/** `help cron add` and `cron help add` mean `cron add --help`. */
function helpAsOption(argv: readonly string[]): readonly string[] {
  const at = isNoun(argv[0] ?? '') ? 1 : 0
  if (argv[at] !== 'help' || argv.length === 1) return argv
  return [...argv.slice(0, at), ...argv.slice(at + 1), '--help']
}

/** Help of a command that is not there is a mistake: without the option, it is reported as one and not answered by the help of the rest. */
function withoutHelpOfNothing(program: Command, argv: readonly string[]): readonly string[] {
  let command = program
  for (const [at, word] of argv.entries()) {
    if (word.startsWith('-') || command.commands.length === 0) return argv
    const below = command.commands.find((it) => it.name() === word)
    if (below === undefined) return word === 'help' ? argv : argv.slice(0, at + 1)
    command = below
  }
  return argv
}

/** The command with all that is below it; the commands of definitions have their options where `argv` asks for one of them. */
export async function createProgram(argv: readonly string[], context: CommandContext, run: Run): Promise<Command> {
  const isJson = argv.includes('--json')
  const program = new Command('rcron')
    .version(installedVersion(), '-V, --version', 'print the version')
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // A program reads one object, and no help behind it.
      writeErr: (text) => (isJson ? undefined : context.stderr.write(text)),
      outputError: (text, write) => (isJson ? context.stderr.write(mistakeEnvelope(text)) : write(escapeMistake(text))),
    })
    .exitOverride()
  program.commandsGroup('Running:')
  addRunningCommands(program, context, run)
  program.commandsGroup('Looking:')
  addLookingCommands(program, context, run)
  addLookCommands(program, context, run)
  addHistoryCommands(program, context, run)
  program.commandsGroup('Steering:')
  addSteeringCommands(program, context, run)
  program.commandsGroup('Trying:')
  addTryingCommands(program, context, run)
  program.commandsGroup('Defining:')
  addSettingCommands(program, context, run)
  // Their commands, with an option for each column, are made where one of them is asked for.
  if (argv.some(isNoun)) (await import('../definitions/commands.ts')).addDefinitionCommands(program, context, run)
  else for (const [noun, about] of Object.entries(NOUN_SUMMARIES)) program.command(noun).summary(about)
  addManual(program)
  refuseRepeated(program)
  return program
}

/** Lets every option of `command`, and of those beneath it, be given once: of two values the last would win in silence. A list takes several. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.variadic || option.parseArg !== undefined) continue
    let times = 0
    command.on(`option:${option.name()}`, () => {
      times += 1
      // The values stay unsaid: one of them may be a secret.
      if (times === 2) command.error(`error: option '${option.flags}' is given more than once, expected once`)
    })
  }
  for (const below of command.commands) refuseRepeated(below)
}
