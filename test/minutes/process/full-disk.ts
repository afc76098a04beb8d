// A process of its own for a test: saves a mark, fills the disk, and saves another.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { addMinutes, minuteOf } from '../../../src/domain/minute.ts'
import { NOTHING_MISSED } from '../../../src/minutes/minute-mark.ts'
import { SystemMinuteMark } from '../../../src/minutes/system-minute-mark.ts'
import { RecordingLog } from '../../support/builders.ts'
import { HandClock } from '../../support/hand-clock.ts'

const [stateDirectory = ''] = process.argv.slice(2)
const clock = new HandClock('2026-03-01T12:00:00Z')
const parts = { stateDirectory, secondDirectory: join(stateDirectory, 'not there'), clock, log: new RecordingLog() }
const mark = new SystemMinuteMark(parts)
const noon = minuteOf(clock.now())

await mark.save({ planned: [{ from: noon, to: noon }], last: noon, open: [], unreported: NOTHING_MISSED })
const full = fillDisk()
const next = addMinutes(noon, 1)
await mark.save({ planned: [{ from: noon, to: next }], last: next, open: [], unreported: NOTHING_MISSED })
const { last } = await new SystemMinuteMark(parts).load()
process.stdout.write(JSON.stringify({ full, minutes: (last ?? 0) - noon }))

function fillDisk(): string {
  try {
    for (let block = 0; block < 1000; block++) appendFileSync(join(stateDirectory, 'fill'), 'x'.repeat(4096))
    return 'has room still'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}
