import type { RunId } from '../../domain/run.ts'
import type { HandoverUnknown, NotHandedOver } from '../../hosts/handover.ts'
import type { Access } from '../../hosts/target.ts'
import type { ExecRequest, Running } from '../../hosts/transport.ts'
import type { ClaimPolicy } from '../executor.ts'
import type { KillAnswer, ProbeState } from '../remote/answers.ts'
import type { KillOptions, KnownRun } from '../remote/verbs.ts'
import type { KeptOutput } from './kept-output.ts'

/** The hosts, as far as supervising runs goes: the three verbs, each answered by a value. None of them rejects. */
export interface RunHosts {
  /** Hands a START over. Aborting `signal` ends the waiting for a session; what was sent by then is answered as it came to be. */
  start(order: StartOrder, signal: AbortSignal): Promise<StartReply>
  /** Asks what became of a run; many runs of one host and user are asked about at once. */
  probe(access: Access, run: KnownRun, how: ProbeMode): Promise<ProbeReply>
  /** What the host kept of a run's output; null if it kept nothing. A few are fetched at a time. */
  keptOutput(access: Access, run: KnownRun): Promise<KeptOutput | 'unanswered' | null>
  /** Ends a run and answers when its host has looked again. */
  kill(access: Access, run: KnownRun, options: KillOptions): Promise<KillReply>
  /** The outcome of a run that its host claimed is known: its traces on the host may go, not before it has been recorded here. */
  forget(access: Access, id: RunId): void
}

/** A run that a host is to begin. */
export type StartOrder = {
  readonly id: RunId
  readonly access: Access
  readonly command: string
  /** The job's name. */
  readonly job: string
  readonly keepOutput: boolean
  readonly ownConnection: boolean
  readonly keeping: ClaimPolicy | undefined
  readonly onOutput: ExecRequest['onOutput']
}

/** What came of a START. */
export type StartReply = Running | NotHandedOver | HandoverUnknown

/** How a run is probed. */
export type ProbeMode = {
  /** A run that was never claimed must not start any more. */
  readonly plant: boolean
  /** Among many: may wait its turn, so that they are asked about together. */
  readonly isPatient: boolean
}

/** `unanswered`: the host could not be asked. `unreadable`: it ran something, and what came back is no answer. */
export type ProbeReply = ProbeState | { readonly kind: 'unanswered' | 'unreadable'; readonly reason: string }

/** What came of a KILL. */
export type KillReply =
  | KillAnswer
  /** `isSent`: the host may have acted on it all the same. */
  | { readonly kind: 'unanswered'; readonly reason: string; readonly isSent: boolean }
