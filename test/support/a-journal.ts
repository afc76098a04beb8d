import { type Journal, SubscribedJournal } from '../../src/history/journal.ts'
import { LogLines } from '../../src/history/log-lines.ts'
import type { Log } from '../../src/platform/log/log.ts'

/** A journal of which `log` is told, and nobody else. */
export function aJournal(log: Log): Journal {
  return new SubscribedJournal(log, [new LogLines(log, 'runs')])
}
