import { BUG } from '../../domain/bug.ts'
import { jobKey } from '../../domain/job.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { fieldsOfLock, runFactsOfLock } from '../locks/lock-of-run.ts'
import type { ForeignLock, RunLock } from '../locks/run-locks.ts'
import { AdoptedRuns, type AdoptedRunsParts } from './adopted-runs.ts'
import { ForeignRuns } from './foreign-runs.ts'

/** How long what was seen in the lock directory is taken for true. */
const FRESH_MS = 1000

/** What the runs of other processes are found and adopted with. */
export type AdoptionParts = AdoptedRunsParts & {
  /** Called for each run that an earlier process had handed over, or that had not begun and is reported as missed, while its lock is there still. */
  readonly onFound: (lock: RunLock) => void
}

/** Counts the runs of other processes as active, and takes up those whose process has gone. */
export class Adoption {
  readonly #parts: AdoptionParts
  readonly #elsewhere: ForeignRuns
  readonly #adopted: AdoptedRuns
  #surveyedAt = Number.NEGATIVE_INFINITY
  #survey: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: AdoptionParts) {
    this.#parts = parts
    this.#elsewhere = new ForeignRuns(parts)
    this.#adopted = new AdoptedRuns(parts)
  }

  /** Looks at the lock files, unless that was done within the last second. Those who ask at once share one look. Never rejects. */
  survey(): Promise<void> {
    const isFresh = this.#parts.clock.monotonic() - this.#surveyedAt < FRESH_MS
    return isFresh ? this.#survey : this.surveyAnew()
  }

  /** Looks at the lock files as they are now. Never rejects. */
  surveyAnew(): Promise<void> {
    this.#surveyedAt = this.#parts.clock.monotonic()
    // One look at a time: two would adopt the same run.
    this.#survey = this.#survey
      .then(() => this.#look())
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error }, `${BUG} while reading lock files`)
      })
    return this.#survey
  }

  /** Takes nothing up any more. */
  close(): void {
    this.#closed = true
  }

  /** Resolves when of every adopted run it is known whether it has ended, or that it is not known. */
  probed(): Promise<void> {
    return this.#adopted.probed()
  }

  async #look(): Promise<void> {
    const found = await this.#parts.locks.readOthers()
    const living = found.filter(({ holder }) => holder === 'living').map(({ lock }) => lock)
    const gone = found.filter(({ holder }) => holder === 'gone').map(({ lock }) => lock)
    const left: RunLock[] = []
    // What a walk has passed says so in writing before the run that shows it can end, and its lock go.
    const isPassed = new Set(gone.filter((lock) => hasGoneOn(lock, found)))
    for (const lock of [...isPassed, ...gone.filter((each) => !isPassed.has(each))]) {
      if (this.#closed || !(await this.#settle(lock, { gone, isPassed: isPassed.has(lock) }))) left.push(lock)
    }
    this.#elsewhere.count([...living, ...left])
  }

  /** False if the run is not this process's: it is being ended, or could not be taken over, and counts as one that others answer for. */
  async #settle(lock: RunLock, { gone, isPassed }: Seen): Promise<boolean> {
    if (this.#parts.active.has(lock.run) && !this.#elsewhere.has(lock.run)) return true
    if (this.#elsewhere.isEnding(lock.run)) return false
    const taken = await this.#parts.locks.takeOver(lock.run)
    if (taken === 'lost') return true
    if (taken !== 'taken') {
      this.#tellLeft(lock, taken.failure)
      return false
    }
    this.#elsewhere.forget(lock.run)
    if (lock.isWaiting) {
      await this.#giveUp(lock, gone)
      return true
    }
    // Before its end can be known, and its lock go.
    this.#parts.onFound(lock)
    this.#adopted.adopt(isPassed ? await this.#endWalk(lock) : lock)
    return true
  }

  /** Nothing comes after the run any more, whoever may adopt it next. */
  async #endWalk(lock: RunLock): Promise<RunLock> {
    const last = { ...lock, rest: [] }
    try {
      await this.#parts.locks.update(last)
    } catch (error) {
      this.#parts.log.error({ ...fieldsOfLock(lock), err: error }, 'cannot update lock file')
    }
    return last
  }

  /** Once for each run: it is tried again at every look. */
  #tellLeft(lock: RunLock, failure: Error): void {
    if (this.#elsewhere.has(lock.run)) return
    const { clock, journal } = this.#parts
    journal.note({ kind: 'not-adopted', at: clock.now(), run: runFactsOfLock(lock), failure })
  }

  /** Nothing of it was handed over. Where the run before it in its walk is there still, its turn comes again after that. */
  async #giveUp(lock: RunLock, gone: readonly RunLock[]): Promise<void> {
    const { locks, clock, journal } = this.#parts
    if (lock.notRun !== null || !gone.some((before) => leadsTo(before, lock))) {
      const outcome = lock.notRun ?? NOT_BEGUN
      journal.note({ kind: 'not-run', at: clock.now(), run: runFactsOfLock(lock), outcome })
      this.#parts.onFound(lock)
    }
    await locks.remove(lock.run)
  }
}

const NOT_BEGUN: Outcome = {
  kind: 'missed',
  code: 'INTERRUPTED',
  reason: 'rcron stopped while the run waited for a slot',
}

type Seen = {
  readonly gone: readonly RunLock[]
  /** A later run of its walk had been handed over. */
  readonly isPassed: boolean
}

/** Whether a later run of its walk had been handed over, whichever process has that by now. */
function hasGoneOn(lock: RunLock, found: readonly ForeignLock[]): boolean {
  return found.some(({ lock: later }) => !later.isWaiting && leadsTo(lock, later))
}

function leadsTo(before: RunLock, later: RunLock): boolean {
  const isOneMinute = before.minute === later.minute && jobKeyOf(before) === jobKeyOf(later)
  // Firings by hand may share a minute.
  const isOneFiring = isOneMinute && before.series === later.series
  return isOneFiring && before.rest.includes(later.cronId)
}

function jobKeyOf({ cronName, action }: RunLock): string {
  return jobKey({ name: cronName, action })
}
