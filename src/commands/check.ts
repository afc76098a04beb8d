import { nameOfDatabase, type Settings } from '../app/settings.ts'
import { reviewZones, ZONE_RULES, zonesIn } from '../app/zone-rules.ts'
import { compileSteps } from '../definitions/compile-snapshot.ts'
import { InvalidInputError, OperatorError } from '../domain/errors.ts'
import { aboutVariable, errorAbout, isOfVariable, type Problem, reportedOf } from '../domain/problem.ts'
import type { Definitions } from '../domain/rows.ts'
import { userName } from '../platform/user-name.ts'
import { yieldBetween } from '../platform/waiting/yielding.ts'
import { StoreError } from '../store/sql/store-error.ts'
import type { CommandContext, ExitCode } from './cli/context.ts'
import { Output } from './cli/output.ts'
import { credentialsFor } from './shared/credentials-for.ts'
import { foldProblems } from './shared/fold-problems.ts'
import { type OpenStore, withStoreOf } from './shared/open-store.ts'
import { loadUsableSettings } from './shared/usable-settings.ts'

/** Options of `rcron check`. */
export type CheckOptions = { readonly rows?: boolean; readonly json?: boolean }

type Judged = {
  readonly problems: readonly Problem[]
  readonly counts: string
  /** Absent: no. */
  readonly isStoreAway?: boolean
}
/** Whose rcron this is: somebody else's has other definitions. */
type Identity = { readonly user: string; readonly store: string; readonly stateDirectory: string }
/** `timezone` is the one of crons that name none. Both are null if settings do not say. */
type JudgedAll = Judged & { readonly timezone: string | null; readonly identity: Identity | null }

/** Judges the settings and every definition, and prints every problem; what is the same of many rows once. Exits with 10 where one of them is an error, with 1 where the store cannot be read. */
export async function check(context: CommandContext, { rows, json }: CheckOptions): Promise<ExitCode> {
  const output = new Output(context)
  const judged = await judgeAll(context)
  const { problems, timezone, identity } = judged
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (json === true) output.json({ problems: problems.map(reportedOf), ...identity, timezone, zoneRules: ZONE_RULES })
  else print(output, judged, rows === true)
  if (errors === 0) return 0
  return judged.isStoreAway === true ? UNREAD : FOUND
}

const [UNREAD, FOUND] = [1, 10]

function print(output: Output, { problems, counts, timezone, identity }: JudgedAll, isOfRows: boolean): void {
  for (const problem of isOfRows ? problems.map(reportedOf) : foldProblems(problems)) output.reported(problem)
  if (identity !== null) {
    output.note(`user ${identity.user}, store ${identity.store}, state in ${identity.stateDirectory}`)
  }
  if (timezone !== null) output.note(`time zone ${timezone}, by the rules of ${ZONE_RULES}`)
  const errors = problems.filter(({ severity }) => severity === 'error').length
  output.note(`${counts}: ${counted(errors, 'error')}, ${counted(problems.length - errors, 'warning')}`)
}

/** Settings that cannot be used and a store that cannot be asked are problems like others. */
async function judgeAll(context: CommandContext): Promise<JudgedAll> {
  const { settings, problems } = await loadUsableSettings(context)
  if (settings === null) {
    return { problems, counts: 'settings only, since they do not lead to a store', timezone: null, identity: null }
  }
  const judged = await judgeStore(settings)
  // Another one stands in for a zone that cannot be used.
  const isStandIn = problems.some((it) => it.severity === 'error' && isOfVariable(it, 'RCRON_TIMEZONE'))
  const timezone = isStandIn ? null : settings.config.timezone
  const { database, stateDirectory } = settings.config
  const identity = { user: userName(), store: nameOfDatabase(database), stateDirectory }
  return { ...judged, problems: [...problems, ...judged.problems], timezone, identity }
}

async function judgeStore(settings: Settings): Promise<Judged> {
  try {
    return await withStoreOf(settings, judgeDefinitions)
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    const problems =
      error instanceof InvalidInputError ? error.problems : [errorAbout({ kind: 'store' }, error.message, error.hint)]
    const isStoreAway = error instanceof StoreError
    return { problems, counts: 'settings only, since the store cannot be read', isStoreAway }
  }
}

async function judgeDefinitions(opened: OpenStore): Promise<Judged> {
  const { settings, store } = opened
  const { definitions, problems } = await store.loadDefinitions()
  const snapshot = await yieldBetween(
    compileSteps({ definitions, problems, defaultTimezone: settings.config.timezone }),
  )
  const secrets = await judgeSecrets(opened, definitions)
  const zones = await reviewZones(new Set([settings.config.timezone, ...zonesIn(snapshot)]), Date.now())
  return { problems: [...snapshot.problems, ...secrets, ...zones], counts: countsOf(settings, definitions) }
}

async function judgeSecrets(opened: OpenStore, { auths }: Definitions): Promise<readonly Problem[]> {
  try {
    const credentials = await credentialsFor(opened, auths)
    const found: Problem[] = []
    for (const auth of auths) found.push(...(await credentials.judge(auth)), ...(await credentials.advise(auth)))
    return found
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return [errorAbout(aboutVariable('RCRON_CACHE_KEY'), error.message, error.hint)]
  }
}

function countsOf({ config }: Settings, { crons, systems, auths }: Definitions): string {
  const counts = [counted(crons.length, 'cron'), counted(systems.length, 'system'), counted(auths.length, 'auth')]
  return `${config.database.kind} store, ${counts.join(', ')}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
