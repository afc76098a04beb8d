import { authProblems, systemProblems } from '../../definitions/judge/judge-system.ts'
import { OperatorError } from '../../domain/errors.ts'
import { describeProblem } from '../../domain/problem.ts'
import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import type { NameResolver } from '../../hosts/names/name-resolver.ts'
import { portOf } from '../../hosts/port-of.ts'
import { type Access, targetOf } from '../../hosts/target.ts'
import type { Login } from '../../hosts/transport.ts'
import type { Credential } from '../../secrets/credential.ts'
import { checkHost, type HostChecks } from './check-host.ts'
import { checkCommands } from './commands/check-commands.ts'
import type { WordsOfLogin } from './commands/command-words.ts'
import { describeClock } from './describe-clock.ts'
import { HostFacts, type HostFactsParts } from './host-facts.ts'
import { type Failure, failureOf, failureOfEnd } from './login-failure.ts'
import type { LoginReport } from './login-report.ts'
import type { PlannedLogin } from './plan-logins.ts'
import { type ProbeAnswer, runProbe } from './run-probe.ts'
import type { TrialParts } from './supervised-trial.ts'
import { unusedCertificate } from './unused-certificate.ts'
import { placeOf } from './watch-host-keys.ts'

/** What the logins of a host are tried with. */
export type HostTestParts = TrialParts &
  HostFactsParts & {
    readonly resolver: NameResolver
    /** What `~` stands for. */
    readonly home: string
    /** With what the commands of a login begin; null if that is not asked for. */
    readonly words: WordsOfLogin | null
  }

/** Newer OpenSSH servers shut an address out after about this many refused logins in a row: the daemon's as well. */
const MOST_REFUSALS = 4

/** The logins of one host, to be tried one after the other: what one has shown spares the next. */
export class HostTest {
  readonly #parts: HostTestParts
  readonly #facts: HostFacts
  #refusals = 0
  #unreachable: Failure | null = null
  constructor(parts: HostTestParts) {
    this.#parts = parts
    this.#facts = new HostFacts(parts)
  }

  /** Never rejects. */
  async try(planned: PlannedLogin): Promise<LoginReport> {
    const blank = blankReport(planned, this.#parts.ownName)
    if (planned.kind === 'unused') return { ...blank, ...UNUSED }
    const { system, auth } = planned
    const credential = await this.#credentialOf(system, auth)
    if ('reason' in credential) return { ...blank, result: 'fails', ...credential }
    const known = { ...blank, method: credential.kind === 'key' ? credential.key.type : 'password' }
    if (this.#unreachable !== null) return { ...known, result: 'fails', ...this.#unreachable }
    if (this.#refusals >= MOST_REFUSALS) return { ...known, result: 'not-tried', ...TOO_MANY_REFUSED }
    return await this.#tryWith(known, { system, auth, credential })
  }

  async #tryWith(known: LoginReport, { system, auth, credential }: Ready): Promise<LoginReport> {
    const { clock, resolver, seen, ownName } = this.#parts
    const resolved = await resolver.resolve(system.host)
    const addresses = resolved.kind === 'resolved' ? resolved.addresses.map(({ address }) => address) : []
    const startedAt = clock.monotonic()
    const tried = { system, auth, login: { credential, target: targetOf(system, auth.user, ownName) }, addresses }
    const probed = await runProbe(tried.login, this.#parts)
    const tookMs = Math.round(clock.monotonic() - startedAt)
    const hostKey = seen.get(placeOf(known.host, known.port))?.key ?? null
    const report = { ...known, addresses, hostKey, tookMs }
    const { checks, failure } =
      probed.kind === 'ended' ? await this.#look(tried, probed) : await this.#shutOut(tried, probed.answer, known)
    const certificate = await unusedCertificate(auth, this.#parts.home)
    return { ...report, checks: [...checks, ...certificate], result: failure === null ? 'works' : 'fails', ...failure }
  }

  /** Looks further where the login works. */
  async #look(tried: Tried, probed: Extract<ProbeAnswer, { kind: 'ended' }>): Promise<HostChecks> {
    const { system, login, addresses } = tried
    const failure = failureOfEnd(probed, system)
    const clock = probed.clockSkewMs === null ? [] : [describeClock(probed.clockSkewMs)]
    if (failure !== null) return { checks: clock, failure }
    const own = await checkHost(tried, login, this.#parts)
    const commands = own.failure === null ? await this.#lookForCommands(tried) : NOTHING_LOOKED_AT
    const common = [
      ...(probed.isEchoed ? await this.#facts.sessions(login) : []),
      ...(await this.#facts.keyTypes(addresses[0], login.target, system)),
    ]
    return {
      checks: [...clock, ...own.checks, ...commands.checks, ...common],
      failure: own.failure ?? commands.failure,
    }
  }

  async #lookForCommands(tried: Tried): Promise<HostChecks> {
    const words = this.#parts.words?.(tried.system.id, tried.auth.id) ?? []
    if (words.length === 0) return NOTHING_LOOKED_AT
    return await checkCommands(tried, tried.login, { words, parts: this.#parts })
  }

  async #shutOut(tried: Tried, answer: NotRun, { port, isLocalPort }: LoginReport): Promise<HostChecks> {
    const { system, login, addresses } = tried
    const failure = failureOf(answer, { ...tried, port, isLocalPort, ownName: this.#parts.ownName })
    if (wouldLegacyDo(answer)) {
      return { checks: await this.#facts.keyTypes(addresses[0], login.target, system), failure }
    }
    if (answer.kind === 'refused' && answer.by === 'authentication') this.#refusals += 1
    if (answer.kind === 'unreachable') this.#unreachable = failure
    return { checks: [], failure }
  }

  async #credentialOf(system: SystemRow, auth: AuthRow): Promise<Credential | Failure> {
    const problems = [...systemProblems(system), ...authProblems(auth)]
    const bad = problems.find(({ severity }) => severity === 'error')
    if (bad !== undefined) {
      return { reason: describeProblem({ ...bad, hint: null }), remedy: bad.hint }
    }
    try {
      return await this.#parts.credentials.resolve(auth, system.host)
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error
      return { reason: error.message, remedy: error.hint }
    }
  }
}

/** Whether the host may be one of long ago: then its keys are worth a look. */
function wouldLegacyDo(answer: NotRun): boolean {
  switch (answer.kind) {
    case 'unreachable':
      return answer.cause === 'legacy-algorithms'
    case 'refused':
      return answer.wouldLegacyDo === true
    case 'unknown':
      return false
    default:
      return answer satisfies never
  }
}

type NotRun = Extract<ProbeAnswer, { kind: 'not-run' }>['answer']

type Ready = Access & { readonly credential: Credential }

type Tried = Access & { readonly login: Login; readonly addresses: readonly string[] }

const NOTHING_LOOKED_AT: HostChecks = { checks: [], failure: null }

const UNUSED = {
  result: 'unused',
  reason: 'no cron uses it',
  remedy: 'name the system and --user to try it',
} as const

const TOO_MANY_REFUSED: Failure = {
  reason: `${MOST_REFUSALS} logins were refused on this host, and more could make it block rcron`,
  remedy: 'fix those first, or try only this one with --user',
}

function blankReport(planned: PlannedLogin, ownName: string): LoginReport {
  const { system } = planned
  const auth = planned.kind === 'login' ? planned.auth : null
  const port = portOf(system, ownName)
  return {
    system: system.id,
    host: system.host,
    port,
    isLocalPort: port !== system.port,
    auth: auth?.id ?? null,
    user: auth?.user ?? null,
    addresses: [],
    hostKey: null,
    method: null,
    result: 'unused',
    tookMs: null,
    checks: [],
    reason: null,
    remedy: null,
  }
}
