import { compileSnapshot } from '../../src/definitions/compile-snapshot.ts'
import type { Snapshot } from '../../src/definitions/snapshot.ts'
import type { Problem } from '../../src/domain/problem.ts'
import type { AuthRow, CronRow, Definitions, SystemRow } from '../../src/domain/rows.ts'
import { anAuth, aSystem } from '../support/builders.ts'

/** Rows of `crons`, with one system and one auth unless others are given. */
export function definitionsOf(
  crons: readonly CronRow[],
  systems: readonly SystemRow[] = [aSystem()],
  auths: readonly AuthRow[] = [anAuth()],
): Definitions {
  return { auths, systems, crons }
}

export function snapshotOf(definitions: Definitions, problems: readonly Problem[] = []): Snapshot {
  return compileSnapshot({ definitions, problems, defaultTimezone: 'UTC' })
}
