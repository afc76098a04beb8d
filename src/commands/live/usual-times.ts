import type { Settings } from '../../app/settings.ts'
import type { LiveRun } from '../../control/schemas.ts'
import { OperatorError } from '../../domain/errors.ts'
import type { RollupBrief } from '../../store/history/history-store.ts'

/** How long runs of rows usually take, by the row's id. */
export type UsualTimes = ReadonlyMap<number, Pick<RollupBrief, 'p50Ms' | 'p95Ms'>>

/** What the roll-ups say of the rows of `runs`, of those that were removed too; nothing where the store cannot be asked by whoever asks. */
export async function usualTimes(settings: Settings, runs: readonly LiveRun[]): Promise<UsualTimes> {
  const ids = [...new Set(runs.flatMap(({ cron }) => cron ?? []))]
  if (ids.length === 0) return new Map()
  const { withStoreOf } = await import('../shared/open-store.ts')
  try {
    return await withStoreOf(settings, async ({ store }) => {
      const briefs = await (await store.history()).briefs(ids.map((id) => `cron ${id}`))
      return new Map(
        ids.flatMap((id) => {
          const brief = briefs.get(`cron ${id}`)
          return brief === undefined ? [] : [[id, brief] as const]
        }),
      )
    })
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return new Map()
  }
}
