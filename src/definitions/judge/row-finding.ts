import type { Problem } from '../../domain/problem.ts'

/** A problem of a row, before it is said whose. */
export type RowFinding = Omit<Problem, 'about'>

export function warn(field: string, message: string, hint: string | null): RowFinding {
  return { severity: 'warning', field, message, hint }
}

export function refuse(field: string, message: string, hint: string | null): RowFinding {
  return { severity: 'error', field, message, hint }
}
