import type { SessionAnswer, Sessions } from '../../hosts/sessions.ts'
import type { CommandEnd, Login, OutputStream } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import { within } from '../../platform/waiting/within.ts'

const DEADLINE_MS = 20_000
const MOST_OUTPUT = 64 * 1024

/** What a host is asked through. */
export type AskParts = { readonly sessions: Sessions; readonly clock: Clock }

/** What a command came to. */
export type HostProbeResult = NotRun | ConfirmedEnd

type NotRun = { readonly kind: 'not-run'; readonly answer: Exclude<SessionAnswer, { readonly kind: 'running' }> }

/** A command that a host has ended. */
export type ConfirmedEnd = {
  readonly kind: 'ended'
  readonly end: CommandEnd
  /** The head of what it printed on stdout: what start files say on stderr comes in between anywhere. */
  readonly stdout: string
  /** The head of all that it printed. */
  readonly output: string
  /** When the host had begun it, by our own clock. */
  readonly begunAt: number
}

/** Runs one command that only tells something, unsupervised, and waits for its end within a deadline. Never rejects. */
export async function askHost(login: Login, command: string, { sessions, clock }: AskParts): Promise<HostProbeResult> {
  const [stdout, output] = [new OutputHead(), new OutputHead()]
  const onOutput = (stream: OutputStream, chunk: Buffer) => {
    output.add(chunk)
    if (stream === 'stdout') stdout.add(chunk)
  }
  const answer = await sessions.exec({ login, command, sharing: 'shared', onOutput }, new AbortController().signal)
  if (answer.kind !== 'running') return { kind: 'not-run', answer }
  const begunAt = clock.now()
  const { command: asked } = answer
  if ((await within(clock, DEADLINE_MS, asked.ended)) === null)
    asked.close(`the command did not end within ${DEADLINE_MS / 1000} s`)
  return { kind: 'ended', end: await asked.ended, stdout: stdout.text, output: output.text, begunAt }
}

/** `it printed "…" and ended with exit code 1`: what came in place of an answer. */
export function describeUnexpectedEnd({ end, output }: ConfirmedEnd): string {
  if (end.kind === 'broken') return end.reason
  const ending = end.kind === 'exited' ? `exit code ${end.code}` : `signal ${end.signal}`
  const said = output.trim() === '' ? 'nothing' : JSON.stringify(output.trim().slice(0, 120))
  return `it printed ${said} and ended with ${ending}`
}

/** The head of an output, within a bound. */
class OutputHead {
  readonly #chunks: Buffer[] = []
  #bytes = 0

  add(chunk: Buffer): void {
    if (this.#bytes >= MOST_OUTPUT) return
    this.#bytes += chunk.length
    // The chunk is the caller's: a copy is kept.
    this.#chunks.push(Buffer.from(chunk))
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}
