import type { ActiveRun } from '../../dispatch/active/active-run.ts'
import { jobOfKey } from '../../domain/job.ts'
import type { CapturedOutput, RunId, StreamExcerpt } from '../../domain/run.ts'
import type { RunEvent, RunFacts } from '../../domain/run-event.ts'
import type { LiveOutputs } from '../../execution/output/live-outputs.ts'
import type { Subscriber } from '../../history/journal.ts'
import { keepNewest } from '../../platform/bounded-map.ts'
import { ControlFault } from '../faults.ts'
import type { FeedReader } from '../feed.ts'
import type { OutputMessage, ToldEnd } from '../feed-schemas.ts'
import { OutputFollower } from './output-follower.ts'
import { toldEnd } from './told-event.ts'

/** What is told of runs that are followed, and with what. */
export type RunOutputsParts = {
  readonly outputs: Pick<LiveOutputs, 'follow' | 'isHeard'>
  /** Replaces secrets in what is kept of a stream. */
  readonly mask: (excerpt: StreamExcerpt) => StreamExcerpt
}

/** Of so many runs that have ended what they printed can still be told: some take less time than it takes to ask. */
const MOST_ENDED = 50

type About = Omit<Extract<OutputMessage, { readonly kind: 'run' }>, 'kind' | 'isHeard'>
type Printed = Pick<CapturedOutput, 'streams' | 'stdoutBytes' | 'stderrBytes'>
type Ended = { readonly about: About; readonly end: ToldEnd; readonly printed: Printed | null }

/** Tells those who follow a run what it prints, how its host fares, and how it ends. */
export class RunOutputs implements Subscriber {
  readonly name = 'run outputs'
  readonly #parts: () => RunOutputsParts
  readonly #followers = new Map<RunId, Set<OutputFollower>>()
  readonly #ended = new Map<RunId, Ended>()

  /** `parts` are asked for with the first run that is followed. */
  constructor(parts: () => RunOutputsParts) {
    this.#parts = parts
  }

  note(event: RunEvent): void {
    if (event.kind === 'ended') {
      const { outcome, durationMs, output } = event.result
      const { streams, stdoutBytes, stderrBytes } = output
      this.#end(event.run, toldEnd(outcome, durationMs), { streams, stdoutBytes, stderrBytes })
    } else if (event.kind === 'not-run' && event.run.id !== null)
      this.#end(event.run, toldEnd(event.outcome, null), null)
    else if (event.kind === 'ended-elsewhere') this.#end(event.run, NOT_KNOWN, null)
    else if (event.kind === 'contact-lost' || event.kind === 'contact-still-lost')
      this.#tell(event.run.id, { kind: 'contact', isLost: true, reason: event.reason })
    else if (event.kind === 'contact-found') this.#tell(event.run.id, { kind: 'contact', isLost: false, reason: null })
  }

  /** Throws a ControlFault where there is no such run among `active`, and none that has ended lately. */
  follow(id: RunId, active: Iterable<ActiveRun>, reader: FeedReader): Disposable {
    const ended = this.#ended.get(id)
    if (ended !== undefined) return this.#tellEnded(ended, reader)
    const run = [...active].find((one) => one.id === id)
    if (run === undefined)
      throw new ControlFault('NOT_FOUND', `run ${id} is not active`, '"rcron logs" prints what is kept.')
    const { outputs } = this.#parts()
    reader.send({
      kind: 'run',
      ...aboutActive(run),
      isHeard: outputs.isHeard(id) || run.isWaiting,
    } satisfies OutputMessage)
    const follower = new OutputFollower(reader)
    const following = outputs.follow(id, follower)
    const others = this.#followersOf(run)
    others.add(follower)
    return {
      [Symbol.dispose]: () => {
        following[Symbol.dispose]()
        others.delete(follower)
        if (others.size === 0 && this.#followers.get(id) === others) this.#followers.delete(id)
      },
    }
  }

  #followersOf({ id, ended }: ActiveRun): Set<OutputFollower> {
    const known = this.#followers.get(id)
    if (known !== undefined) return known
    const followers = new Set<OutputFollower>()
    this.#followers.set(id, followers)
    // Where nobody tells its end: another process does, or rcron has failed over it.
    void ended.then(() => {
      for (const follower of followers) follower.end(NOT_KNOWN)
    })
    return followers
  }

  #end(run: RunFacts, end: ToldEnd, printed: Printed | null): void {
    keepNewest(this.#ended, run.id, { about: aboutRun(run), end, printed }, MOST_ENDED)
    const followers = this.#followers.get(run.id) ?? new Set()
    if (followers.size === 0) return
    const kept = printed === null ? [] : [...this.#piecesOf(printed)]
    for (const follower of followers) {
      if (!follower.hasHeard) for (const piece of kept) follower.take(piece)
      follower.end(end)
    }
  }

  #tell(id: RunId, message: OutputMessage): void {
    for (const follower of this.#followers.get(id) ?? []) follower.tell(message)
  }

  #tellEnded({ about, end, printed }: Ended, reader: FeedReader): Disposable {
    const follower = new OutputFollower(reader)
    follower.tell({ kind: 'run', ...about, isHeard: true })
    if (printed !== null) for (const piece of this.#piecesOf(printed)) follower.take(piece)
    follower.end(end)
    return { [Symbol.dispose]: () => {} }
  }

  *#piecesOf({ streams, ...bytes }: Printed): Generator<Piece> {
    for (const stream of ['stdout', 'stderr'] as const) {
      const kept = streams[stream]
      const { head, tail } = this.#parts().mask(kept)
      if (head !== '') yield { kind: 'output', stream, text: head, omittedBytes: 0 }
      const omittedBytes = Math.max(1, bytes[`${stream}Bytes`] - Buffer.byteLength(kept.head + kept.tail))
      if (tail !== '') yield { kind: 'output', stream, text: tail, omittedBytes }
    }
  }
}

type Piece = Extract<OutputMessage, { readonly kind: 'output' }>

const NOT_KNOWN: ToldEnd = {
  outcome: null,
  exitCode: null,
  signal: null,
  description: 'its end is not known to this daemon',
  durationMs: null,
}

function aboutRun({ id, firing, host }: RunFacts): About {
  return { run: id, job: firing.job.name, action: firing.job.action, host }
}

function aboutActive({ id, job, present }: ActiveRun): About {
  const { name, action } = jobOfKey(job)
  return { run: id, job: name, action, host: present?.host ?? null }
}
