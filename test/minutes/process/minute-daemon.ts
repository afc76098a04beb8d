// A process of its own for a test: plans a minute, and dies of SIGKILL where it is told to.

import { setTimeout } from 'node:timers/promises'
import { minuteOf } from '../../../src/domain/minute.ts'
import { MinuteBook } from '../../../src/minutes/minute-book.ts'
import { SystemMinuteMark } from '../../../src/minutes/system-minute-mark.ts'
import { RecordingLog } from '../../support/builders.ts'
import { HandClock } from '../../support/hand-clock.ts'

const [stateDirectory = '', secondDirectory = '', instant = '', fate = ''] = process.argv.slice(2)
/** Stands at the instant that the test names, and sleeps in earnest. */
class StandingClock extends HandClock {
  override monotonic(): number {
    return performance.now()
  }

  override async sleep(ms: number): Promise<void> {
    await setTimeout(ms)
  }
}

const clock = new StandingClock(instant)
const log = new RecordingLog()
const mark = new SystemMinuteMark({ stateDirectory, secondDirectory, clock, log })

const plan = await mark.exclusively(async () => {
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  const { due } = await book.plan(minuteOf(clock.now()))
  if (fate === 'dies before it dispatches') process.kill(process.pid, 'SIGKILL')
  for (const minute of due) await book.begun(minute, [1, 20])
  if (fate === 'dies while some wait') process.kill(process.pid, 'SIGKILL')
  for (const minute of due) await book.close(minute)
  const begun = await Promise.all(book.interrupted.map(async (minute) => [...(await book.begunIn(minute))]))
  return { due, interrupted: book.interrupted, begun }
})
process.stdout.write(JSON.stringify(plan))
