import { once } from 'node:events'
import type { ControlClient } from '../../../control/client/control-client.ts'
import type { OutputMessage } from '../../../control/feed-schemas.ts'
import { ExitError } from '../../../domain/errors.ts'
import type { CommandContext } from '../../cli/context.ts'
import { Output } from '../../cli/output.ts'
import { LivePrinter, type LivePrinting } from './live-printer.ts'

const NOT_FOUND = 4

/** With what runs are followed. */
export type FollowingParts = {
  readonly context: CommandContext
  readonly daemon: ControlClient
  readonly printing: LivePrinting
  /** Ends the following, not the runs. */
  readonly signal: AbortSignal
}

/** Prints what runs print, each from its beginning to its end, several at once. */
export class RunFollowing {
  readonly #parts: FollowingParts
  readonly #output: Output
  readonly #followed = new Map<string, Promise<void>>()
  #underWay = 0
  #lost: string | null = null

  constructor(parts: FollowingParts) {
    this.#parts = parts
    this.#output = new Output(parts.context)
  }

  /** How many runs are followed that have not ended. */
  get underWay(): number {
    return this.#underWay
  }

  /** How many were or are followed. */
  get count(): number {
    return this.#followed.size
  }

  /** A run whose end did not come, since the daemon went away; null if there is none. */
  get lost(): string | null {
    return this.#lost
  }

  /** Follows a run, where it is not followed already. */
  add(run: string): void {
    if (this.#followed.has(run)) return
    this.#underWay += 1
    const following = this.#follow(run).finally(() => {
      this.#underWay -= 1
    })
    this.#followed.set(run, following)
    // Whoever waits for all of them is told.
    following.catch(() => {})
  }

  /** Resolves when all that are followed have ended. Rejects with an ExitError where one cannot be followed. */
  async idle(): Promise<void> {
    for (let known = -1; known !== this.#followed.size; ) {
      known = this.#followed.size
      await Promise.all(this.#followed.values())
    }
  }

  async #follow(run: string): Promise<void> {
    const { signal, context, printing } = this.#parts
    const messages = await this.#messages(run)
    if (messages === null) return
    const printer = new LivePrinter(this.#output, run, printing)
    let hasEnded = false
    for await (const message of messages) {
      printer.print(message)
      hasEnded ||= message.kind === 'end'
      if (context.stdout.writableNeedDrain) await once(context.stdout, 'drain', { signal }).catch(() => {})
    }
    if (!hasEnded && !signal.aborted) this.#lost ??= run
  }

  /** Null where it has been over for long. */
  async #messages(run: string): Promise<AsyncIterable<OutputMessage> | null> {
    const { daemon, signal } = this.#parts
    try {
      return await daemon.follow<OutputMessage>(`/runs/${run}/output`, signal)
    } catch (error) {
      if (signal.aborted) return null
      if (!(error instanceof ExitError) || error.status !== NOT_FOUND) throw error
      this.#output.note(`rcron: run ${run} is over: "rcron logs ${run.slice(0, 8)}" prints what is kept of it.`)
      return null
    }
  }
}
