/** What can be paused: a job by its name, one row of it, a system, all with a tag, or everything. */
export const PAUSE_KINDS = ['job', 'cron', 'system', 'tag', 'all'] as const
/** What can be paused. */
export type PauseKind = (typeof PAUSE_KINDS)[number]

/** A pause as the store holds it: that what it names is not started for a time, or again and again by a schedule. Times in epoch milliseconds. */
export type PauseRow = {
  /** 32 hex digits. */
  readonly id: string
  readonly kind: string
  /** The name of a job or tag, the id of a cron, a system as people call it; empty for everything. */
  readonly subject: string
  readonly since: number
  /** When it ends by itself, or was ended; null if it lasts until somebody ends it. */
  readonly until: number | null
  /** Of a window: when it opens, five fields or a macro; null if it is in force all the time. */
  readonly schedule: string | null
  /** For how many minutes it stays open. */
  readonly minutes: number | null
  /** In which zone it opens; null for that of the settings. */
  readonly timezone: string | null
  readonly reason: string
  /** Who made it, as `describeActor` says. */
  readonly actor: string
}

/** A window that is open longer would be a pause without end that nobody sees as one. */
export const MOST_WINDOW_MINUTES = 31 * 24 * 60

/** What a pause names, as the command line takes it. */
export function describePaused({ kind, subject }: Pick<PauseRow, 'kind' | 'subject'>): string {
  switch (kind) {
    case 'all':
      return '--all'
    case 'system':
    case 'tag':
      return `${kind}:${subject}`
    default:
      return subject
  }
}
