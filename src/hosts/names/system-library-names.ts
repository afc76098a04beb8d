import { lookup } from 'node:dns/promises'
import pLimit from 'p-limit'
import { keepNewest } from '../../platform/bounded-map.ts'
import type { Clock } from '../../platform/clock.ts'
import { codeOrNull } from '../../platform/error-code.ts'
import { askGetent } from './getent.ts'
import type { LookupResult } from './lookup-result.ts'

/** What the library said of a name holds this long; milliseconds. A silence is asked about again. */
const KEPT_MS = 60_000

/** A name that nobody has asked for during this long is not looked up any more; one that is asked for each minute is. */
const WANTED_MS = 90_000

const MAX_WAITING_NAMES = 1_000
const MAX_KEPT_NAMES = 10_000

/** How the C library is asked for names. */
export type LibraryNamesParts = {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Asks the C library, which may take long. Never rejects. */
  readonly lookup: (name: string) => Promise<LookupResult>
  /** Names that are asked for at once. */
  readonly atOnce: number
}

/** One name that waits for its turn, for all who ask for it. */
type Waiting = {
  readonly name: string
  readonly answer: PromiseWithResolvers<LookupResult>
  readonly rank: number
  askers: number
  askedAt: number
}

type Said = { readonly asked: LookupResult; readonly at: number }

/**
 * What only the C library can tell of a name: multicast DNS, containers, directories. It is asked for a few names at
 * a time. Names that somebody waits for go first, and among them those that it has known before: names that
 * are dead may take their time. One whose askers have gone is still looked up, so that its answer is there the next minute.
 */
export class LibraryNames {
  readonly #parts: LibraryNamesParts
  readonly #waiting = new Map<string, Waiting>()
  readonly #said = new Map<string, Said>()
  readonly #asking = new Set<string>()

  constructor(parts: LibraryNamesParts) {
    this.#parts = parts
  }

  /** Answers when the library has; `signal` aborts when nobody waits for that any more. Never rejects. */
  async ask(name: string, signal: AbortSignal): Promise<LookupResult> {
    const now = this.#parts.clock.monotonic()
    const said = this.#said.get(name)
    if (said !== undefined && said.asked.kind !== 'silent' && now - said.at < KEPT_MS) return said.asked
    if (signal.aborted) return { kind: 'silent', why: 'cancelled' }
    const waiting = this.#waiting.get(name) ?? this.#enter(name)
    if (waiting === null) return { kind: 'silent', why: `${MAX_WAITING_NAMES} other lookups are waiting` }
    waiting.askers += 1
    waiting.askedAt = now
    const leave = () => {
      waiting.askers -= 1
    }
    signal.addEventListener('abort', leave, { once: true })
    this.#work()
    return await waiting.answer.promise
  }

  /** Null if there is no room. */
  #enter(name: string): Waiting | null {
    if (this.#waiting.size >= MAX_WAITING_NAMES) {
      const left = [...this.#waiting.values()].find(({ askers }) => askers === 0)
      if (left === undefined) return null
      this.#drop(left)
    }
    const said = this.#said.get(name)?.asked.kind ?? 'unknown'
    const rank = ['found', 'unknown', 'silent', 'absent'].indexOf(said)
    const waiting = { name, answer: Promise.withResolvers<LookupResult>(), rank, askers: 0, askedAt: 0 }
    this.#waiting.set(name, waiting)
    return waiting
  }

  /** Begins one lookup a turn of the event loop: to start a child takes milliseconds. */
  #work(): void {
    if (this.#asking.size >= this.#parts.atOnce) return
    const next = this.#next()
    if (next === null) return
    this.#asking.add(next.name)
    void this.#lookUp(next)
    if (this.#asking.size < this.#parts.atOnce) setImmediate(() => this.#work())
  }

  async #lookUp({ name, answer }: Waiting): Promise<void> {
    const asked = await this.#parts.lookup(name)
    this.#asking.delete(name)
    this.#waiting.delete(name)
    this.#keep(name, asked)
    answer.resolve(asked)
    this.#work()
  }

  #next(): Waiting | null {
    const now = this.#parts.clock.monotonic()
    for (const waiting of this.#waiting.values()) {
      if (this.#asking.has(waiting.name)) continue
      if (waiting.askers === 0 && now - waiting.askedAt > WANTED_MS) this.#drop(waiting)
    }
    const [first] = [...this.#waiting.values()]
      .filter(({ name }) => !this.#asking.has(name))
      .sort((a, b) => Number(a.askers === 0) - Number(b.askers === 0) || a.rank - b.rank)
    return first ?? null
  }

  #drop({ name, answer }: Waiting): void {
    this.#waiting.delete(name)
    answer.resolve({ kind: 'silent', why: 'nobody waits for it any more' })
  }

  #keep(name: string, asked: LookupResult): void {
    keepNewest(this.#said, name, { asked, at: this.#parts.clock.monotonic() }, MAX_KEPT_NAMES)
  }
}

/** A call of the library holds a thread of few: one at a time. */
const oneByOne = pLimit(1)

/** Asks the C library for a name, by a child where the machine has getent. Never rejects. */
export async function askLibrary(name: string): Promise<LookupResult> {
  return (await askGetent(name)) ?? (await oneByOne(() => callLibrary(name)))
}

async function callLibrary(name: string): Promise<LookupResult> {
  try {
    const found = await lookup(name, { all: true, order: 'verbatim' })
    const addresses = found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }) as const)
    return addresses.length === 0 ? { kind: 'absent' } : { kind: 'found', addresses, ttlMs: 0 }
  } catch (error) {
    const code = codeOrNull(error) ?? 'no code'
    return code === 'ENOTFOUND' ? { kind: 'absent' } : { kind: 'silent', why: code }
  }
}
