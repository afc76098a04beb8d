import type { RunId, RunTrace } from '../../../src/domain/run.ts'
import type { KnownRun } from '../../../src/execution/remote/verbs.ts'
import type {
  KillReply,
  ProbeMode,
  ProbeReply,
  RunHosts,
  StartOrder,
  StartReply,
} from '../../../src/execution/supervision/run-hosts.ts'
import type { Access } from '../../../src/hosts/target.ts'
import type { CommandEnd, RemoteCommand } from '../../../src/hosts/transport.ts'
import type { Clock } from '../../../src/platform/clock.ts'

/** Where one exchange with a host breaks. */
export type Breakage =
  | 'none'
  /** Nothing was sent: refused, no route, no session. */
  | 'before'
  /** The request is lost on its way; here it looks as if it might have arrived. */
  | 'request'
  /** The request arrives, but only after `late` milliseconds: long after this side has given up. */
  | 'late request'
  /** The request is served and its answer is lost. */
  | 'answer'
  /** A START alone: the connection breaks after the preamble. */
  | 'mid-run'

export type Fate = {
  /** One for each exchange, in order; `none` after the last one. */
  readonly breakages: readonly Breakage[]
  readonly exitCode: number
  readonly runsMs: number
}

const GIVE_UP_MS = 30_000
const LATE_MS = 90_000

type Claim = { state: 'running' | 'exited' | 'tombstone' }

/** A host as it truly is: it goes on whatever becomes of the contact with it. */
export class ModelHost {
  readonly #clock: Clock
  readonly #fate: Fate
  readonly #claims = new Map<RunId, Claim>()
  #exchanges = 0
  /** How often the command was carried out to its end, and how often begun. */
  finished = 0
  begun = 0

  constructor(clock: Clock, fate: Fate) {
    this.#clock = clock
    this.#fate = fate
  }

  get exitCode(): number {
    return this.#fate.exitCode
  }

  breakage(): Breakage {
    return this.#fate.breakages[this.#exchanges++] ?? 'none'
  }

  /** Serves a START: the claim decides. Null where it was claimed before. */
  start(id: RunId): Promise<CommandEnd> | null {
    if (this.#claims.has(id)) return null
    const claim: Claim = { state: 'running' }
    this.#claims.set(id, claim)
    this.begun += 1
    return this.#clock.sleep(this.#fate.runsMs).then(() => {
      if (claim.state === 'running') {
        claim.state = 'exited'
        this.finished += 1
      }
      return { kind: 'exited', code: this.#fate.exitCode }
    })
  }

  probe(id: RunId, plant: boolean): ProbeReply {
    const claim = this.#claims.get(id)
    if (claim === undefined) {
      if (!plant) return { kind: 'unclaimed' }
      this.#claims.set(id, { state: 'tombstone' })
      return { kind: 'never-started' }
    }
    if (claim.state === 'running') return { kind: 'running', trace: TRACE }
    if (claim.state === 'tombstone') return { kind: 'never-started' }
    return {
      kind: 'exited',
      status: { exitCode: this.#fate.exitCode, signal: null },
      endedByItself: true,
      hasKept: false,
    }
  }
}

const TRACE: RunTrace = { pid: 4711, start: '1', boot: 'b', cgroup: '-' }

/** The verbs over a network that breaks where each host's fate says. Hosts are found by the id of their system. */
export class ModelNetwork implements RunHosts {
  readonly #clock: Clock
  readonly #hosts: readonly ModelHost[]

  constructor(clock: Clock, hosts: readonly ModelHost[]) {
    this.#clock = clock
    this.#hosts = hosts
  }

  async start({ id, access, onOutput }: StartOrder): Promise<StartReply> {
    const host = this.#hostOf(access)
    const breakage = host.breakage()
    if (breakage === 'before') return { kind: 'unreachable', reason: 'no route', transient: false }
    if (breakage === 'late request') void this.#clock.sleep(LATE_MS).then(() => host.start(id))
    if (breakage === 'request' || breakage === 'late request' || breakage === 'answer') {
      if (breakage === 'answer') void host.start(id)
      await this.#clock.sleep(GIVE_UP_MS)
      return { kind: 'unknown', reason: 'no answer, after the command was sent' }
    }
    const { promise: ended, resolve } = Promise.withResolvers<CommandEnd>()
    const command: RemoteCommand = {
      ended,
      signal: () => {},
      close: (reason: string) => resolve({ kind: 'broken', reason }),
    }
    const underWay = host.start(id)
    const said = underWay === null ? 'claimed state=begun' : 'pid=4711 pgid=4711 start=1 boot=b cg=- spool=home'
    // As on a real connection: what is said comes after the answer to the request.
    void Promise.resolve().then(() => {
      onOutput('stdout', Buffer.from(`RCRON1 ${id} ${said}\n`))
      if (underWay === null) resolve({ kind: 'exited', code: 0 })
      else if (breakage === 'mid-run') void this.#clock.sleep(1).then(() => command.close('reset'))
      else void underWay.then(resolve)
    })
    return { kind: 'running', command, answeredAfterMs: 0 }
  }

  async probe(access: Access, { id }: KnownRun, { plant }: ProbeMode): Promise<ProbeReply> {
    const host = this.#hostOf(access)
    const breakage = host.breakage()
    const silence: ProbeReply = { kind: 'unanswered', reason: 'no answer' }
    if (breakage === 'none' || breakage === 'mid-run') return host.probe(id, plant)
    if (breakage === 'before') return silence
    if (breakage === 'answer') host.probe(id, plant)
    if (breakage === 'late request') void this.#clock.sleep(LATE_MS).then(() => host.probe(id, plant))
    await this.#clock.sleep(GIVE_UP_MS)
    return silence
  }

  async keptOutput(): Promise<null> {
    return null
  }

  async kill(): Promise<KillReply> {
    return { kind: 'unanswered', reason: 'no kills in this model', isSent: false }
  }

  forget(): void {
    // Nothing is kept that would have to go.
  }

  #hostOf({ system }: Access): ModelHost {
    const host = this.#hosts[system.id - 1]
    if (host === undefined) throw new Error(`no host for system ${system.id}`)
    return host
  }
}
