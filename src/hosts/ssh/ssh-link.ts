import type { Socket } from 'node:net'
import type { Client } from 'ssh2'
import type { Timings } from '../timings.ts'

type ConnectionTimings = Pick<Timings, 'firstChannelOpenMs' | 'channelOpenMs' | 'execAnswerMs' | 'drainMs'>

/** What a connection is made with once the login has succeeded. */
export type ConnectionParts = {
  readonly client: Client
  readonly socket: Socket
  /** How the host is named in reasons. */
  readonly where: string
  readonly timings: ConnectionTimings
}

/** What a command on its way, or one that runs, needs of the connection beneath it. */
export interface SshLink {
  readonly isOpen: boolean
  /** Whether the host has opened a channel on it. */
  readonly hasHadChannel: boolean
  channelOpened(): void
  /** Calls `watcher` with the reason when the connection ends, until the returned function is called. */
  watch(watcher: (reason: string) => void): () => void
  /** Ends it at once, whatever state it is in; only the first reason counts. */
  close(reason: string): void
}
