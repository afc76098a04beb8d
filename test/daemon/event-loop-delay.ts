import { writeFileSync } from 'node:fs'
import { LoopStall } from '../support/loop-stall.ts'

/** Loaded into a daemon before its own code: writes the longest stall of its event loop since the last time, in milliseconds, at SIGUSR2. */
const stall = new LoopStall()

process.on('SIGUSR2', () => writeFileSync(process.env['RCRON_TEST_STALL_FILE'] ?? '', `${stall.take()}\n`))
