/** Pauses between two askings of a host that did not answer. Milliseconds. */
const FIRST_SILENCE_MS = 5_000
const LONGEST_SILENCE_MS = 5 * 60_000

/** Pauses between two looks at a run that is known to be alive. Milliseconds. */
const FIRST_LOOK_MS = 500
const LONGEST_LOOK_MS = 60_000

/** How long a host that has not answered `times` + 1 times in a row is left alone; `random` from 0 up to 1 spreads those of many runs. */
export function pauseAfterSilence(times: number, random: number): number {
  return Math.min(FIRST_SILENCE_MS * 2 ** times, LONGEST_SILENCE_MS) * (0.75 + random / 4)
}

/** How long a living run is left alone after `times` + 1 looks at it. */
export function pauseAfterLook(times: number): number {
  return Math.min(FIRST_LOOK_MS * 2 ** times, LONGEST_LOOK_MS)
}
