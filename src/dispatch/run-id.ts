import { createHash, randomBytes } from 'node:crypto'
import type { Minute } from '../domain/minute.ts'
import type { RunId } from '../domain/run.ts'

/** What names a scheduled run: equal parts give equal ids, so that a restarted or a second daemon names the same run the same. */
export type RunName = {
  /** 32 hex digits, made once for each state directory. */
  readonly installation: string
  readonly cronId: number
  readonly minute: Minute
  /** From 1, for each start of the same cron in the same minute. */
  readonly attempt: number
}

export function runIdOf({ installation, cronId, minute, attempt }: RunName): RunId {
  return createHash('sha256').update(`${installation},${cronId},${minute},${attempt}`).digest('hex').slice(0, 32)
}

/** For manual firings, which may repeat a minute. */
export function randomRunId(): RunId {
  return randomBytes(16).toString('hex')
}
