import { schedule } from 'node-cron'
import { MS_PER_MINUTE } from '../domain/minute.ts'

const MS_PER_SECOND = 1000

/** Wakes the planner. A beat says only "look at the clock": it may come late, early or twice, and promises nothing about the minute. */
export interface Heartbeat {
  /** Calls `beat` until what is returned is disposed of. */
  start(beat: () => void): Disposable
}

/**
 * A beat at every minute from node-cron, and one every second to back it.
 *
 * node-cron runs in UTC because in a zone with daylight saving it pauses for an hour each autumn; the check every second
 * is there for stalls, suspends and clocks that step, after which node-cron drops what it missed.
 */
export const systemHeartbeat: Heartbeat = {
  start(beat) {
    const minutes = schedule('* * * * *', beat, {
      timezone: 'UTC',
      suppressMissedWarning: true,
      name: 'rcron heartbeat',
    })
    const started = new DisposableStack()
    started.defer(() => void minutes.destroy())
    started.use(beatEverySecond(beat))
    return started
  },
}

/** Beats just after each second of the machine's clock, so that the first check of a minute comes at its boundary. */
function beatEverySecond(beat: () => void): Disposable {
  let timer: NodeJS.Timeout
  const arm = () => {
    const intoSecond = (Date.now() % MS_PER_MINUTE) % MS_PER_SECOND
    timer = setTimeout(() => {
      arm()
      beat()
    }, MS_PER_SECOND - intoSecond)
  }
  arm()
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}
