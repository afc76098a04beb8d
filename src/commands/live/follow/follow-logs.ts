import { setTimeout as sleep } from 'node:timers/promises'
import { type ControlClient, Refusal } from '../../../control/client/control-client.ts'
import type { EventMessage, ToldEvent } from '../../../control/feed-schemas.ts'
import type { RunList } from '../../../control/schemas.ts'
import { ExitError } from '../../../domain/errors.ts'
import type { CommandContext, ExitCode } from '../../cli/context.ts'
import { Output } from '../../cli/output.ts'
import { withDaemon } from '../ask-daemon.ts'
import { runsOf } from '../ps.ts'
import type { LivePrinting } from './live-printer.ts'
import { RunFollowing } from './run-following.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** Options of `rcron logs -f`. */
export type FollowOptions = LivePrinting & { readonly host?: string }

const GOES_ON = 8
const INTERRUPTED = 130
/** A job that goes on to its next host is looked at again after so long, should its daemon say nothing. Milliseconds. */
const LOOK_MS = 500

/**
 * Prints what the runs of a job, or a run, print from now on, until they have ended. Where nothing of a job is active it waits for its next
 * run. Exits with 8 where the daemon goes away meanwhile, and with 130 where it is interrupted: the runs go on.
 */
export async function followLogs(context: CommandContext, word: string, options: FollowOptions): Promise<ExitCode> {
  using interruption = untilInterrupted(context)
  return await withDaemon(context, async (daemon) => {
    const { signal } = interruption
    const following = new RunFollowing({ context, daemon, printing: options, signal })
    const output = new Output(context)
    const followed = new FollowedJob({ daemon, following, output, signal }, word, options.host ?? null)
    await followed.untilOver()
    if (interruption.isInterrupted()) {
      output.note(`rcron: no longer followed, and goes on: "rcron ps ${word}" shows what is active.`)
      return INTERRUPTED
    }
    if (following.lost === null && !followed.hasLostDaemon) return 0
    throw new ExitError(GOES_ON, GONE, '"rcron status" says whether it is back, and "rcron ps" what is active.')
  })
}

const GONE = 'the daemon has gone: runs continue on their hosts, and its next start adopts them'

type FollowedJobParts = {
  readonly daemon: ControlClient
  readonly following: RunFollowing
  readonly output: Output
  readonly signal: AbortSignal
}

/** The runs that a word means, those among them that begin while others are followed. */
class FollowedJob {
  readonly #parts: FollowedJobParts
  readonly #word: string
  readonly #host: string | null
  #hasLostDaemon = false
  /** The word is the beginning of the id of a run: nothing comes after that. */
  #isOneRun = false

  constructor(parts: FollowedJobParts, word: string, host: string | null) {
    this.#parts = parts
    this.#word = word
    this.#host = host
  }

  /** It went away while a run was waited for. */
  get hasLostDaemon(): boolean {
    return this.#hasLostDaemon
  }

  /** Listens before it looks, so that no run begins unseen. */
  async untilOver(): Promise<void> {
    const { daemon, following, output, signal } = this.#parts
    const events = await daemon.follow<EventMessage>('/events', signal)
    if (!(await this.#addActive())) output.note(`rcron: no run of ${this.#word} is active: waits for the next one`)
    const listening = this.#listen(events)
    listening.catch(() => {
      this.#hasLostDaemon = true
    })
    while (!signal.aborted && !this.#hasLostDaemon) {
      if (following.count === 0) await this.#rest()
      else {
        await following.idle()
        if (!(await this.#goesOn())) break
        await this.#rest()
      }
    }
  }

  async #listen(events: AsyncIterable<EventMessage>): Promise<void> {
    for await (const event of events) {
      if (event.kind === 'started' && event.run !== null && this.#isMeant(event)) this.#parts.following.add(event.run)
    }
    this.#hasLostDaemon = !this.#parts.signal.aborted
  }

  #rest(): Promise<unknown> {
    return sleep(LOOK_MS, null, { signal: this.#parts.signal }).catch(() => null)
  }

  /** Whether a walk from host to host has another run to come, which is added where it is known by now. */
  async #goesOn(): Promise<boolean> {
    if (this.#parts.signal.aborted || this.#parts.following.lost !== null || this.#isOneRun) return false
    return await this.#addActive()
  }

  /** False where nothing is active. Rejects with an ExitError where the word means nothing. */
  async #addActive(): Promise<boolean> {
    const active = await this.#active()
    const meant = active.filter(({ host }) => this.#host === null || host === this.#host || host === null)
    for (const { run } of meant) this.#parts.following.add(run)
    this.#isOneRun ||= meant.some(
      ({ run, job, cron }) => run.startsWith(this.#word) && ![job, String(cron)].includes(this.#word),
    )
    return meant.length > 0
  }

  async #active(): Promise<RunList['items']> {
    const { daemon, following } = this.#parts
    try {
      return (await daemon.look<RunList>(runsOf(this.#word))).items
    } catch (error) {
      const isNone = error instanceof Refusal && error.status === NOT_FOUND
      if (isNone && (following.count > 0 || error.code === 'NOT_ACTIVE')) return []
      throw error
    }
  }

  #isMeant({ job, host, port, crons }: ToldEvent): boolean {
    if (this.#host !== null && host !== this.#host) return false
    return [job, `${job}@${host}`, `${job}@${host}:${port}`, ...crons.map(String)].includes(this.#word)
  }
}

const NOT_FOUND = 4
