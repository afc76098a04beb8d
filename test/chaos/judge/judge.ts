import type { Evidence, Violation } from './evidence.ts'
import { judgeFirings } from './judge-firings.ts'
import { judgeRuns } from './judge-runs.ts'
import { judgeSilence } from './judge-silence.ts'
import { judgeSkips } from './judge-skips.ts'
import { judgeStore } from './judge-store.ts'
import { judgeWalks } from './judge-walks.ts'

/** All that rcron did or told wrongly, by the evidence. */
export function judge(evidence: Evidence): readonly Violation[] {
  return [judgeRuns, judgeFirings, judgeWalks, judgeSkips, judgeSilence, judgeStore].flatMap((rule) => rule(evidence))
}
