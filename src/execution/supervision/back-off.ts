import { pauseAfter } from '../../platform/waiting/back-off.ts'

/** Between two askings of a host that did not answer. */
const SILENCES = { firstMs: 5_000, longestMs: 5 * 60_000 }

/** Between two looks at a run that is known to be alive. */
const LOOKS = { firstMs: 500, longestMs: 60_000 }

/** How long a host that has not answered `times` + 1 times in a row is left alone; `random` from 0 up to 1 spreads those of many runs. */
export function pauseAfterSilence(times: number, random: number): number {
  return pauseAfter(SILENCES, times) * (0.75 + random / 4)
}

/** How long a living run is left alone after `times` + 1 looks at it. */
export function pauseAfterLook(times: number): number {
  return pauseAfter(LOOKS, times)
}
