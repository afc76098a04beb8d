import { setTimeout as sleep } from 'node:timers/promises'

const ASK_AGAIN_MS = 100

/** Asks until there is an answer, and resolves to it; `undefined` and `false` are none. Rejects after `deadlineMs`. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  deadlineMs: number,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs / 1000} s in vain until ${what}`)
    await sleep(ASK_AGAIN_MS)
  }
}
