import { setTimeout as pause } from 'node:timers/promises'

/** Asks `probe` until it answers something other than null, and fails naming `what` after `deadlineMs`. */
export async function waitUntil<Found>(
  what: string,
  probe: () => Promise<Found | null>,
  deadlineMs = 60_000,
): Promise<Found> {
  const deadline = performance.now() + deadlineMs
  while (true) {
    const found = await probe()
    if (found !== null) return found
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`)
    await pause(10)
  }
}

/** Asks `condition` until it holds, and fails naming `what` after `deadlineMs`. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  deadlineMs?: number,
): Promise<void> {
  await waitUntil(what, async () => ((await condition()) ? true : null), deadlineMs)
}
