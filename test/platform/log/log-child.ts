import { writeSync } from 'node:fs'
import { SystemLog } from '../../../src/platform/log/system-log.ts'

/** Logs as told on its standard output, and says on its standard error (a file) how long its loop stood still. */
const [format = 'text', lines = '1'] = process.argv.slice(2)
const log = new SystemLog({
  level: 'info',
  format: format as 'text' | 'journal' | 'json' | 'auto',
  colour: null,
  journalStream: process.env['JOURNAL_STREAM'] ?? null,
  descriptor: 1,
})

/** The longest stall of each fifth of a second. What else a shared machine does falls into some of them, what the log does into all. */
const stalls: number[] = []
let last = performance.now()
const begun = last
const watch = setInterval(() => {
  const window = Math.floor((last - begun) / 200)
  stalls[window] = Math.max(stalls[window] ?? 0, performance.now() - last - 5)
  last = performance.now()
}, 5)

const total = Number(lines)
let logged = 0
await new Promise<void>((resolve) => {
  const burst = setInterval(() => {
    for (let i = 0; i < 100 && logged < total; i += 1) {
      logged += 1
      log.info({ cron: logged, reason: `<0>x\n${'y'.repeat(500)}` }, 'run ended')
    }
    if (logged < total) return
    clearInterval(burst)
    resolve()
  }, 10)
})
clearInterval(watch)
const rising = Object.values(stalls).sort((a, b) => a - b)
const worst = rising[Math.floor(rising.length / 2)] ?? 0
// Listened for before anything is said: who reads that may send it at once.
const terminated = new Promise((resolve) => process.once('SIGTERM', resolve))
writeSync(2, `${JSON.stringify({ worst })}\n`)
const alive = setInterval(() => undefined, 1_000)
if (process.argv[4] === 'wait') await terminated
clearInterval(alive)
log.alarm({}, 'last words')
await log[Symbol.asyncDispose]()
process.exit(0)
