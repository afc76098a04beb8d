import { SystemLog } from '../../../src/platform/log/system-log.ts'

/** Logs so many lines on its standard output, and is killed as soon as they are said to be written. */
const lines = Number(process.argv[2])
const log = new SystemLog({ level: 'info', format: 'json', colour: null, journalStream: null, descriptor: 1 })
for (let cron = 1; cron <= lines; cron++) log.info({ cron, reason: 'x'.repeat(200) }, 'run ended')
await log.written()
process.kill(process.pid, 'SIGKILL')
