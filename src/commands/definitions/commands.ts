import type { Command } from 'commander'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { NOUN_SUMMARIES } from '../cli/noun-summaries.ts'
import { auth } from './auth.ts'
import { optionFlags } from './column.ts'
import { cron } from './cron.ts'
import type { Noun, Options } from './noun.ts'
import { system } from './system.ts'
import type { VerbParts } from './verbs.ts'

const NAMES = 'ids or names; a name means all that have it; of crons, NAME@HOST means one'

type Run = (work: () => Promise<ExitCode>) => Promise<void>
type Verbs = typeof import('./carrying-out.ts')['carryingOut']
/** `watched`: the options of what is carried out again and again. */
type CarryOut = (verb: (verbs: Verbs, parts: VerbParts) => Promise<ExitCode>, watched?: Options) => Promise<void>

/** `rcron auth`, `rcron system` and `rcron cron`, each with the same verbs. */
export function addDefinitionCommands(program: Command, context: CommandContext, run: Run): void {
  // Loaded when a verb is carried out: help needs no store.
  const carryOut: CarryOut = (verb, watched) =>
    run(async () => {
      const { carryingOut: verbs } = await import('./carrying-out.ts')
      const once = (shown: CommandContext) => verbs.withEditor(shown, (parts) => verb(verbs, parts))
      return watched === undefined
        ? await once(context)
        : await (await import('../shared/watch.ts')).watching(context, watched, once)
    })
  addNoun(program, auth, carryOut)
  addReplace(addNoun(program, system, carryOut), carryOut)
  const crons = addNoun(program, cron, carryOut)
  for (const [verb, enabled] of [
    ['enable', 1],
    ['disable', 0],
  ] as const) {
    crons
      .command(verb)
      .summary(enabled === 1 ? 'enable crons' : 'disable crons; active runs continue')
      .argument('<cron...>', NAMES)
      .action((wanted: string[]) => carryOut((verbs, parts) => verbs.enableCrons(wanted, enabled, parts)))
  }
}

function addReplace(systems: Command, carryOut: CarryOut): void {
  systems
    .command('replace')
    .summary('a machine was rebuilt or moved: confirm its new host key, and keep its crons')
    .argument('<old>', 'id, name, host or host:port of the system')
    .argument(
      '<new>',
      'the same for a machine that was rebuilt; a new host[:port]; or another system, which gets the crons',
    )
    .option('--host-key <key>', 'do it if the host shows this key: SHA256:… or "ssh-ed25519 AAAA…"')
    .option('--yes', 'do not ask, whichever key the host shows')
    .option('--force', 'also while runs of the system are active, which are not followed then')
    .option('--dry-run', 'show what would be done, and the key, and change nothing')
    .option('--json', 'print what was done as JSON')
    .action((old: string, successor: string, options: Options) =>
      carryOut(async (_verbs, parts) => {
        const { replaceSystem } = await import('./replace/replace-system.ts')
        return await replaceSystem([old, successor], options, parts)
      }),
    )
}

function addNoun<R, F>(program: Command, noun: Noun<R, F>, carryOut: CarryOut): Command {
  const reference = `<${noun.name}>`
  const references = `<${noun.name}...>`
  const group = program.command(noun.name).summary(NOUN_SUMMARIES[noun.name])
  withColumns(group.command('add').summary(`add one ${noun.name}`), noun, 'add')
    .option('--dry-run', 'check it and change nothing')
    .option('--json', 'print the new id as JSON')
    .action((options: Options) => carryOut((verbs, parts) => verbs.addEntry(noun, options, parts)))
  addList(group, noun, carryOut)
  group
    .command('show')
    .summary('show all columns; secrets stay hidden')
    .argument(references, NAMES)
    .option('--json', 'print JSON')
    .action((wanted: string[], options: Options) =>
      carryOut((verbs, parts) => verbs.showEntries(noun, wanted, options, parts)),
    )
  const edit = withColumns(group.command('edit').summary('change the given columns'), noun, 'edit')
    .argument(
      reference,
      noun.ofOneRow === null ? 'id or name' : `id, NAME@${noun.ofOneRow}, or a name, which means all that have it`,
    )
    .option('--dry-run', 'check the change and make none')
  if (noun.ofOneRow !== null) edit.option('--yes', 'do not ask if a name means several')
  edit.action((wanted: string, options: Options) =>
    carryOut((verbs, parts) => verbs.editEntries(noun, wanted, options, parts)),
  )
  group
    .command('remove')
    .summary('remove them, unless a cron still uses them')
    .argument(references, NAMES)
    .option('--dry-run', 'show what would be removed')
    .option('--yes', 'do not ask')
    .action((wanted: string[], options: Options) =>
      carryOut((verbs, parts) => verbs.removeEntries(noun, wanted, options, parts)),
    )
  return group
}

function addList<R, F>(group: Command, noun: Noun<R, F>, carryOut: CarryOut): void {
  const list = group.command('list')
  if (noun.name === 'cron') {
    list
      .summary('list every job: those that fail first, then that which is due next')
      .argument(
        '[filter...]',
        'a name, host:NAME, user:NAME or tag:WORD, with * and ?; state:WORD, such as state:failed,lost',
      )
      .option('--rows', 'print a line for each cron')
      .option('--json', 'print every column of each cron as JSON')
      .option('--watch', 'print it again every two seconds, in the same place, until Ctrl-C')
      .action((words: string[], options: Options) =>
        carryOut(
          async (verbs, parts) => {
            // All rows as they are need no judgement.
            const isOfRows = words.length === 0 && (options['json'] === true || options['rows'] === true)
            const isPlain = isOfRows && (await parts.editor.pauses()).length === 0
            if (isPlain) return await verbs.listEntries(noun, words, options, parts)
            return await verbs.listCrons(words, options, parts)
          },
          options['watch'] === true ? options : undefined,
        ),
      )
    return
  }
  list
    .summary(`list every ${noun.name}`)
    .argument('[name...]', 'only those of this name; * and ? stand for any characters and for one')
    .option('--json', 'print JSON')
    .action((words: string[], options: Options) =>
      carryOut((verbs, parts) => verbs.listEntries(noun, words, options, parts)),
    )
}

function withColumns<R, F>(command: Command, noun: Noun<R, F>, verb: 'add' | 'edit'): Command {
  for (const column of noun.columns) command.option(optionFlags(column), column.help)
  return noun.extraOptions(command, verb)
}
