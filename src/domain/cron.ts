import type { Action } from './action.ts'
import type { CatchUp, KeepHistory, OnLost } from './choices.ts'
import type { AuthRow, SystemRow } from './rows.ts'

/** A row of the crontab, judged and ready to run: one command on one system as one auth. */
export type Cron = {
  /** The row's id: its identity, whatever the row says later. */
  readonly id: number
  readonly name: string
  readonly command: string
  readonly action: Action
  readonly enabled: boolean
  readonly system: SystemRow
  readonly auth: AuthRow
  /** The five fields as stored, joined by a space. */
  readonly expression: string
  /** IANA name of the zone in which the schedule is read. */
  readonly timezone: string
  readonly catchUp: CatchUp
  /** Minutes; null if a caught-up run may begin at any time. */
  readonly latestStartMin: number | null
  readonly onLost: OnLost
  /** Milliseconds; null for no limit. */
  readonly timeoutMs: number | null
  /** Milliseconds between TERM and KILL. */
  readonly killGraceMs: number
  readonly ownConnection: boolean
  readonly keepOutput: boolean
  /** Of which runs the history keeps what they printed. */
  readonly keepHistory: KeepHistory
  /** By which it is found, those of its system among them. */
  readonly tags: readonly string[]
}
