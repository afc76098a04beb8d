import type { CronRow } from '../../domain/rows.ts'
import { type RowFinding, refuse } from './row-finding.ts'

/** 24 days: the longest time that a timer of the runtime can wait. */
const MOST_SECONDS = 2_147_483

type Limit = {
  readonly field: 'latest_start_min' | 'timeout_s' | 'kill_grace_s'
  readonly unit: string
  readonly min: number
  readonly max: number
}

const LIMITS: readonly Limit[] = [
  { field: 'latest_start_min', unit: 'minutes', min: 0, max: Number.MAX_SAFE_INTEGER },
  { field: 'timeout_s', unit: 'seconds', min: 1, max: MOST_SECONDS },
  { field: 'kill_grace_s', unit: 'seconds', min: 0, max: MOST_SECONDS },
]

/** Judges the numbers that bound a run. */
export function limitProblems(row: CronRow): readonly RowFinding[] {
  return LIMITS.flatMap(({ field, unit, min, max }) => {
    const value = row[field]
    if (value === null || (Number.isInteger(value) && value >= min && value <= max)) return []
    const most = max === Number.MAX_SAFE_INTEGER ? `, ${min} or more` : ` from ${min} to ${max}`
    return [refuse(field, `${value}, expected whole ${unit}${most}`, 'or NULL for the default')]
  })
}

const FLAGS = ['enabled', 'own_connection', 'keep_output'] as const

/** Judges the columns that are 0 or 1. */
export function flagProblems(row: CronRow): readonly RowFinding[] {
  return FLAGS.flatMap((field) => {
    const value = row[field]
    return value === null || value === 0 || value === 1 ? [] : [refuse(field, `${value}, expected 0 or 1`, null)]
  })
}
