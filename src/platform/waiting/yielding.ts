import { monotonicMs } from '../monotonic.ts'

/** How long the event loop is held at most before others get a turn. Milliseconds of real time: what others wait for is no test's clock. */
const TURN_MS = 10

/** Lets everything else that waits for the event loop have its turn. */
export async function yieldToOthers(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

/** For long work in small steps: lets others have their turn whenever it has held the event loop for long enough. */
export class Yielding {
  #ends = monotonicMs() + TURN_MS

  /** To be called between two steps. */
  async whenDue(): Promise<void> {
    if (monotonicMs() < this.#ends) return
    await yieldToOthers()
    this.#ends = monotonicMs() + TURN_MS
  }
}

/** Takes all steps, and lets others have their turn in between. */
export async function yieldBetween<Result>(steps: Generator<void, Result>): Promise<Result> {
  const yielding = new Yielding()
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await yielding.whenDue()
  }
}
