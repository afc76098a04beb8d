import type { FiringKind } from '../../../domain/reasons/firing-end.ts'
import { DatabaseFault } from '../../../store/sql/database-fault.ts'
import type { OpenStore } from '../../shared/open-store.ts'

/** How the last firings of jobs ended, by `jobKey`; none where the store has no tables of history, or no right to them. */
export async function endsOfJobs(
  { store }: Pick<OpenStore, 'store'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FiringKind>> {
  try {
    const briefs = await (await store.history()).briefs(keys)
    return new Map([...briefs].map(([key, { lastKind }]) => [key, lastKind]))
  } catch (error) {
    // MySQL says so of a table that is not there to an account without a right to it.
    const isAbsent = error instanceof DatabaseFault && (error.kind === 'missing-table' || error.kind === 'denied')
    if (isAbsent) return new Map()
    throw error
  }
}
