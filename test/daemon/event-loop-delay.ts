import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Loaded into a daemon before its own code: writes the longest stall of its event loop since the last time, in milliseconds, at SIGUSR2.
 * What the kernel let it wait for a processor is taken off: others kept it busy.
 */
const STEP_MS = 2
const NS_PER_MS = 1e6

/** What the loop's thread has waited for a processor so far; always 0 where the kernel does not tell. */
function waitedMs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[1]) / NS_PER_MS
  } catch {
    return 0
  }
}

const look = () => ({ at: performance.now(), waitedMs: waitedMs() })

let longestMs = 0
let last = look()
setInterval(() => {
  const now = look()
  longestMs = Math.max(longestMs, now.at - last.at - STEP_MS - (now.waitedMs - last.waitedMs))
  last = now
}, STEP_MS).unref()

process.on('SIGUSR2', () => {
  writeFileSync(process.env['RCRON_TEST_STALL_FILE'] ?? '', `${longestMs}\n`)
  longestMs = 0
})
