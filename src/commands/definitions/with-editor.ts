import { keepNames } from '../../app/names-file.ts'
import { composeSeal } from '../../app/parts.ts'
import { compileSnapshot } from '../../definitions/compile-snapshot.ts'
import { InvalidInputError, OperatorError } from '../../domain/errors.ts'
import { type About, describeProblem, type Problem } from '../../domain/problem.ts'
import type { AuthRow } from '../../domain/rows.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { credentialsFor } from '../shared/credentials-for.ts'
import { type OpenStore, withStore } from '../shared/open-store.ts'
import type { JudgedDefinitions, RelatedRows } from './noun.ts'
import { isReference } from './secret-input.ts'
import type { VerbParts } from './verbs.ts'

/** Lends what the verbs need over the store that the settings name. */
export function withEditor(context: CommandContext, use: (parts: VerbParts) => Promise<ExitCode>): Promise<ExitCode> {
  return withStore(context, (opened) =>
    use({
      context,
      output: new Output(context),
      editor: opened.store.editor,
      settings: opened.settings.config,
      seal: () => composeSeal(opened.settings.config, opened.log),
      judge: (judged) => judge(context, opened, judged),
      activeRuns: async () => (await import('../../app/installation-notes.ts')).readNotes(opened.settings.config).locks,
      tellTakeUp: async () => {
        const { tellDaemon } = await import('../live/tell-daemon.ts')
        new Output(context).note(await tellDaemon(opened.settings))
      },
      keepNames: () => keepNamesOf(opened),
      endsOf: async (keys) => (await import('./list/ends-of-jobs.ts')).endsOfJobs(opened, keys),
      noteChanges: async (action, changes) => {
        const { noteChanges } = await import('../history/note-changes.ts')
        await noteChanges(opened, action, changes, new Output(context))
      },
    }),
  )
}

async function keepNamesOf({ settings, store }: OpenStore): Promise<void> {
  try {
    keepNames(settings.config.stateDirectory, await store.editor.names())
  } catch (error) {
    // What was asked for is done; the daemon, or the next change, keeps them.
    if (!(error instanceof OperatorError)) throw error
  }
}

/** Warnings are reported and change nothing; errors end the command. */
async function judge(context: CommandContext, opened: OpenStore, judged: JudgedDefinitions): Promise<void> {
  const problems = eachOnce(await problemsOf(opened, judged))
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new InvalidInputError(errors)
  const output = new Output(context)
  for (const warning of problems) output.problem(warning)
}

async function problemsOf(
  opened: OpenStore,
  { beside, ...definitions }: JudgedDefinitions,
): Promise<readonly Problem[]> {
  const defaultTimezone = opened.settings.config.timezone
  const { problems } = compileSnapshot({ definitions, problems: [], defaultTimezone })
  const secrets = definitions.crons.length > 0 ? [] : await secretProblems(opened, definitions.auths)
  return [...problems, ...secrets].filter(({ about }) => !isBeside(about, beside))
}

async function secretProblems(opened: OpenStore, auths: readonly AuthRow[]): Promise<readonly Problem[]> {
  if (auths.length === 0) return []
  const credentials = await credentialsFor(opened, auths)
  const judged = auths.map(async (auth) => {
    const problems = await credentials.judge(auth)
    // The daemon has another environment, and perhaps another user: it may well find what is not found here.
    return isReference(auth.password)
      ? problems.map((problem) => ({ ...problem, severity: 'warning' as const }))
      : problems
  })
  return (await Promise.all(judged)).flat()
}

/** Rows that are added together have the same wrong with them, and no ids yet to tell them apart. */
function eachOnce(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [describeProblem(problem), problem])).values()]
}

function isBeside(about: About, beside: RelatedRows): boolean {
  return 'id' in about && about.kind !== 'pause' && typeof about.id === 'number' && beside[about.kind].has(about.id)
}
