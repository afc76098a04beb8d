declare const minuteBrand: unique symbol

/** Whole minutes since the Unix epoch, UTC. The scheduler's only unit of time. */
export type Minute = number & { readonly [minuteBrand]: true }

export const MS_PER_MINUTE = 60_000

/** The minute that contains `instant` (epoch milliseconds); seconds are dropped, never rounded up. */
export function minuteOf(instant: number): Minute {
  return Math.floor(instant / MS_PER_MINUTE) as Minute
}

/** The first instant of `minute`, in epoch milliseconds. */
export function startOf(minute: Minute): number {
  return minute * MS_PER_MINUTE
}

export function addMinutes(minute: Minute, count: number): Minute {
  return (minute + count) as Minute
}

/** `2026-03-01T12:00Z`: how a minute is written in logs and lock files. */
export function describeMinute(minute: Minute): string {
  return `${new Date(startOf(minute)).toISOString().slice(0, 16)}Z`
}
