import type { KillOptions } from '../../../src/execution/remote/verbs.ts'
import type { KeptOutput } from '../../../src/execution/supervision/kept-output.ts'
import type {
  KillReply,
  ProbeReply,
  RunHosts,
  StartOrder,
  StartReply,
} from '../../../src/execution/supervision/run-hosts.ts'
import type { CommandEnd, ExecRequest } from '../../../src/hosts/transport.ts'

/** Hosts that answer what the test says, and remember what they were asked. */
export class ScriptedHosts implements RunHosts {
  readonly asked: string[] = []
  readonly forgotten: string[] = []
  /** What the next questions are answered; the last one stays. */
  probes: readonly ProbeReply[] = [{ kind: 'unanswered', reason: 'away' }]
  kills: readonly KillReply[] = [{ kind: 'unanswered', reason: 'away', isSent: false }]
  kept: readonly (KeptOutput | 'unanswered' | null)[] = [null]
  readonly killOptions: KillOptions[] = []
  /** A START is handed over, and not answered. */
  isMute = false
  /** Set when a START was handed over. */
  onOutput: ExecRequest['onOutput'] = () => {}
  end: (end: CommandEnd) => void = () => {}
  closed: string | null = null

  async start({ id, onOutput }: StartOrder): Promise<StartReply> {
    this.asked.push('start')
    this.onOutput = onOutput
    const { promise: ended, resolve } = Promise.withResolvers<CommandEnd>()
    this.end = resolve
    const close = (reason: string) => {
      this.closed = reason
      resolve({ kind: 'broken', reason })
    }
    if (!this.isMute) void Promise.resolve().then(() => this.#begin(id))
    return { kind: 'running', command: { ended, signal: () => {}, close }, answeredAfterMs: 0 }
  }

  async probe(): Promise<ProbeReply> {
    this.asked.push('probe')
    const [reply = AWAY, ...later] = this.probes
    if (later.length > 0) this.probes = later
    return reply
  }

  async keptOutput(): Promise<KeptOutput | 'unanswered' | null> {
    this.asked.push('output')
    const [kept = null, ...later] = this.kept
    if (later.length > 0) this.kept = later
    return kept
  }

  async kill(_access: unknown, _run: unknown, options: KillOptions): Promise<KillReply> {
    this.asked.push('kill')
    this.killOptions.push(options)
    const [reply, ...later] = this.kills
    if (later.length > 0) this.kills = later
    return reply ?? { kind: 'unanswered', reason: 'away', isSent: false }
  }

  forget(_access: unknown, id: string): void {
    this.forgotten.push(id)
  }

  #begin(id: string): void {
    this.onOutput(
      'stdout',
      Buffer.from(`RCRON1 ${id} pid=4711 pgid=4711 start=1 boot=b cg=/a/session-3.scope spool=home\n`),
    )
  }
}

const AWAY: ProbeReply = { kind: 'unanswered', reason: 'away' }
