import { judgePauses } from '../../src/definitions/judge/pauses/judge-pause.ts'
import type { Pause } from '../../src/definitions/judge/pauses/pause.ts'
import type { PauseRow } from '../../src/domain/pauses/pause-row.ts'

/** A pause of everything, from the beginning of time until it is resumed. */
export function aPauseRow(overrides: Partial<PauseRow> = {}): PauseRow {
  return {
    id: 'c'.repeat(32),
    kind: 'all',
    subject: '',
    since: 0,
    until: null,
    schedule: null,
    minutes: null,
    timezone: 'UTC',
    reason: 'maintenance',
    actor: 'anna',
    ...overrides,
  }
}

export function aPause(overrides: Partial<PauseRow> = {}): Pause {
  const { pauses, problems } = judgePauses([aPauseRow(overrides)], 'UTC')
  const [pause] = pauses
  if (pause === undefined) throw new Error(JSON.stringify(problems))
  return pause
}
