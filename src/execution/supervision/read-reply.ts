import type { Sessions } from '../../hosts/sessions.ts'
import type { CommandEnd, Login } from '../../hosts/transport.ts'
import type { Clock } from '../../platform/clock.ts'
import { within } from '../../platform/waiting/within.ts'

/** What a question to a host is asked through. */
export type QuestionParts = { readonly sessions: Pick<Sessions, 'exec'>; readonly clock: Pick<Clock, 'sleep'> }

/** A command that asks a host, and the bounds of its answer. */
export type Question = {
  readonly login: Login
  readonly command: string
  /** From the beginning of the command to the end of its answer. */
  readonly deadlineMs: number
  /** Bytes of the answer that are read at most. */
  readonly maxBytes: number
}

/** What a host said, complete or not; or why it said nothing, and whether the question may have reached it. */
export type HostReply =
  | { readonly kind: 'said'; readonly text: Buffer; readonly end: CommandEnd }
  | { readonly kind: 'not-asked'; readonly reason: string; readonly isSent: boolean }

/** Asks on a connection of its own, beside every throttle. Never rejects. */
export async function readReply({ sessions, clock }: QuestionParts, question: Question): Promise<HostReply> {
  const { login, command, deadlineMs, maxBytes } = question
  const chunks: Buffer[] = []
  let length = 0
  const onOutput = (stream: 'stdout' | 'stderr', chunk: Buffer) => {
    if (stream === 'stderr' || length >= maxBytes) return
    length += chunk.length
    chunks.push(Buffer.from(chunk))
  }
  const answer = await sessions.exec({ login, command, sharing: 'urgent', onOutput }, new AbortController().signal)
  if (answer.kind !== 'running') {
    return { kind: 'not-asked', reason: answer.reason, isSent: answer.kind === 'unknown' }
  }
  const { command: asked } = answer
  if ((await within(clock, deadlineMs, asked.ended)) === null) asked.close(`no answer within ${deadlineMs / 1000} s`)
  return { kind: 'said', text: Buffer.concat(chunks), end: await asked.ended }
}

/** What is wrong with an answer that cannot be read. */
export function describeUnreadable({ text, end }: Extract<HostReply, { kind: 'said' }>): string {
  if (end.kind === 'broken') return end.reason
  const how = end.kind === 'exited' ? `exit status ${end.code}` : `signal ${end.signal}`
  const said = text.length === 0 ? 'nothing' : JSON.stringify(text.subarray(0, 80).toString())
  return `its host answered ${said} and ended with ${how}, expected the answer of a POSIX shell; a host without one needs supervise = 0`
}
