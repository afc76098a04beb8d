import pLimit from 'p-limit'
import { composeClock } from '../../app/parts.ts'
import { composeHostKeys, composeResolver, composeSessionsOver } from '../../app/parts-for-hosts.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { portOf } from '../../hosts/port-of.ts'
import type { Log } from '../../platform/log/log.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { missingRow } from '../definitions/find-entry.ts'
import { credentialsFor } from '../shared/credentials-for.ts'
import { type OpenStore, withStore } from '../shared/open-store.ts'
import { commandWords } from './commands/command-words.ts'
import { HostTest, type HostTestParts } from './host-test.ts'
import type { LoginReport } from './login-report.ts'
import { type LoginPlan, type PlannedLogin, planLogins } from './plan-logins.ts'
import { printReports } from './print-reports.ts'
import { Progress } from './progress.ts'
import { placeOf, type SeenHostKeys, watchHostKeys } from './watch-host-keys.ts'

/** Options of `rcron test`. */
export type TestOptions = { readonly user?: string; readonly commands?: boolean; readonly json?: boolean }

/** Logs in to systems as every auth that a cron uses there, and looks at what its runs would find. Exits with 0 if all of it works, else with 1. */
export function test(context: CommandContext, systems: readonly string[], options: TestOptions): Promise<ExitCode> {
  const output = new Output(context)
  return withStore(context, async (opened) => {
    const { definitions, problems } = await opened.store.loadDefinitions()
    // What rows mean is judged login by login; rows that cannot be read at all have no login.
    for (const problem of problems) if (options.json !== true) output.problem(problem)
    const plan = planLogins(definitions, { systems, user: options.user ?? null })
    refuseMissing(plan)
    const reports = await tryWatched(plan.logins.length, { context, options }, (tell) =>
      tryPlan(opened, plan, { tell, words: options.commands === true ? commandWords(definitions.crons) : null }),
    )
    if (options.json === true) output.json(reports)
    else if (reports.length === 0) output.note('There is no login to try: no system, or no cron that uses one.')
    else printReports(output, reports)
    return reports.every(({ result }) => result === 'works' || result === 'unused') ? 0 : FOUND
  })
}

type Tell = (report: LoginReport) => void
type Trying = Pick<HostTestParts, 'words'> & { readonly tell: Tell }
type Watching = { readonly context: CommandContext; readonly options: TestOptions }

/** The exit status where something does not work. */
const FOUND = 10

/** Says how far it has come where that may take a while; to a script that asks for JSON nothing. */
async function tryWatched<Result>(
  total: number,
  { context: { stderr }, options }: Watching,
  attempt: (tell: Tell) => Promise<Result>,
): Promise<Result> {
  if (options.json === true && stderr.isTTY !== true) return await attempt(() => undefined)
  using progress = new Progress(total, { stderr, clock: composeClock() })
  return await attempt((report) => progress.note(report))
}

function refuseMissing({ missing }: LoginPlan): void {
  if (missing.length === 0) return
  throw new InvalidInputError(
    missing.map(({ noun, reference }) => missingRow(noun, reference)),
    4,
  )
}

async function tryPlan(opened: OpenStore, { logins }: LoginPlan, trying: Trying): Promise<readonly LoginReport[]> {
  const { config, home } = opened.settings
  const clock = composeClock()
  const auths = logins.flatMap((planned) => (planned.kind === 'login' ? [planned.auth] : []))
  const credentials = await credentialsFor(opened, auths)
  const seen: SeenHostKeys = new Map()
  const hostKeys = watchHostKeys(composeHostKeys(config, withoutNews(opened.log)), seen)
  const resolver = composeResolver(clock)
  using ssh = composeSessionsOver(config, { clock, resolver, hostKeys, log: opened.log })
  const { hostname: ownName, limits } = config
  const { concurrentRuns: concurrency, sessionsPerConnection } = limits
  const shared = { clock, resolver, credentials, home, seen, ownName }
  return await tryLogins(logins, { ...shared, sessions: ssh.sessions, concurrency, sessionsPerConnection, ...trying })
}

/** The table tells which keys were learnt. */
function withoutNews(log: Log): Log {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    alarm: (fields, message) => log.alarm(fields, message),
    written: () => log.written(),
  }
}

/** `concurrency`: hosts tried at once. */
type LoginTestParts = HostTestParts & Trying & { readonly concurrency: number }

/** Tries every login: hosts beside each other, the logins of one host one after the other. In the order of `planned`. Never rejects. */
async function tryLogins(planned: readonly PlannedLogin[], parts: LoginTestParts): Promise<readonly LoginReport[]> {
  const limit = pLimit(parts.concurrency)
  const places = Map.groupBy(planned, ({ system }) => placeOf(system.host, portOf(system, parts.ownName)))
  const reports = new Map<PlannedLogin, LoginReport>()
  await Promise.all(
    [...places.values()].map((logins) =>
      limit(async () => {
        const host = new HostTest(parts)
        for (const login of logins) {
          const report = await host.try(login)
          reports.set(login, report)
          parts.tell(report)
        }
      }),
    ),
  )
  return planned.flatMap((login) => reports.get(login) ?? [])
}
