import type { KilledBy } from '../../domain/outcome.ts'
import type { RunId } from '../../domain/run.ts'
import type { Access } from '../../hosts/target.ts'
import type { RunContact } from './run-contact.ts'
import type { StartOrder } from './run-hosts.ts'

/** What is handed to the host to start a run. */
export type StartRequest = Omit<StartOrder, 'id' | 'onOutput'>

/** A run to supervise, whoever started it. */
export type SupervisedIdentity = {
  readonly id: RunId
  readonly contact: RunContact
  /** Asked again at each attempt. */
  readonly access: () => Access | null
  readonly timeoutMs: number | null
  readonly killGraceMs: number
  /** The run has a connection, and so a session scope on its host, to itself. */
  readonly ownConnection: boolean
  readonly beginning: Beginning
}

type Beginning = { readonly kind: 'start'; readonly order: StartRequest } | AdoptedSubject

/** A run that an earlier process has handed over, as its lock tells of it. */
export type AdoptedSubject = {
  readonly kind: 'take-up'
  /** Epoch milliseconds at which another process handed it over, and since when nothing was heard of it. */
  readonly startedAt: number
  readonly unknownSince: number | null
  /** Who wanted it ended; a KILL may have reached it. */
  readonly killedBy: KilledBy | null
}
