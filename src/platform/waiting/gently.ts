import { setImmediate as breathe } from 'node:timers/promises'

/** Takes all steps and lets everything else have its turn in between. */
export async function gently<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
    await breathe()
  }
}
