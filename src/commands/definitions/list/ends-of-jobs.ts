import type { FiringKind } from '../../../domain/reasons/firing-end.ts'
import { DatabaseFault } from '../../../store/sql/database-fault.ts'
import type { OpenStore } from '../../shared/open-store.ts'

/** How the last firings of jobs ended, by `jobKey`; none where the store has no tables of history. */
export async function endsOfJobs(
  { store }: Pick<OpenStore, 'store'>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, FiringKind>> {
  try {
    const briefs = await (await store.history()).briefs(keys)
    return new Map([...briefs].map(([key, { lastKind }]) => [key, lastKind]))
  } catch (error) {
    if (error instanceof DatabaseFault && error.kind === 'missing-table') return new Map()
    throw error
  }
}
