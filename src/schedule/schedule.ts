/**
 * When a cron is due, as bit masks over its local time; made by `parseSchedule` alone.
 *
 * Minutes take two masks, since a number's bit operations see 32 bits.
 */
export type Schedule = {
  /** Bit n: minute n, for 0–29. */
  readonly minutesLow: number
  /** Bit n: minute 30 + n, for 30–59. */
  readonly minutesHigh: number
  /** Bit n: hour n, 0–23. */
  readonly hours: number
  /** Bit n: day n of the month, 1–31. */
  readonly daysOfMonth: number
  /** Bit n: month n, 1–12. */
  readonly months: number
  /** Bit n: weekday n, 0 (Sunday) – 6. */
  readonly daysOfWeek: number
  /** Whether both day fields must match (one of them begins with `*`); else either one is enough. */
  readonly bothDays: boolean
  /** Whether the minute or the hour field begins with `*`: clock changes treat such a schedule differently. */
  readonly wildcard: boolean
  /** `@reboot`: due once after each boot of rcron's machine, and at no minute. */
  readonly reboot: boolean
}
