import { MS_PER_MINUTE } from '../domain/minute.ts'

const MS_PER_SECOND = 1000

/** Wakes the planner. A beat says only "look at the clock": it may come late, early or twice, and promises nothing about the minute. */
export interface Heartbeat {
  /** Calls `beat` until what is returned is disposed of. */
  start(beat: () => void): Disposable
}

/**
 * A beat every second: the planner finds each boundary of a minute at once, and whatever a stall, a suspend or a clock that steps has hidden
 * from it. Looking at the clock costs nothing, and no zone has a say in it.
 */
export const systemHeartbeat: Heartbeat = { start: beatEverySecond }

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
